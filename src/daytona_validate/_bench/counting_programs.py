"""What is run: one small program for each language, all of which count words.

Each run has another number in it, as no two snippets of a course are the same: compilers that
remember what they made (as `go run` does) remember nothing of these.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from daytona_validate._models import Snippet

_CODE = {
    "python": """
import collections
import json

words = "the more the merrier the better in $number".split()
print(json.dumps(collections.Counter(words)))
""",
    "javascript": """
const counts = {};
for (const word of "the more the merrier the better in $number".split(" ")) {
  counts[word] = (counts[word] ?? 0) + 1;
}
console.log(JSON.stringify(Object.entries(counts).sort()));
""",
    "typescript": """
const counts: Record<string, number> = {};
for (const word of "the more the merrier the better in $number".split(" ")) {
  counts[word] = (counts[word] ?? 0) + 1;
}
console.log(JSON.stringify(Object.entries(counts).sort()));
""",
    "java": """
import java.util.Map;
import java.util.TreeMap;

public class Main {
    public static void main(String[] args) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String word : "the more the merrier the better in $number".split(" ")) {
            counts.merge(word, 1, Integer::sum);
        }
        System.out.println(counts);
    }
}
""",
    "go": """
package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

func main() {
	counts := map[string]int{}
	for _, word := range strings.Fields("the more the merrier the better in $number") {
		counts[word]++
	}
	text, err := json.Marshal(counts)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
""",
    "sql": """
create table words (word text not null);
insert into words
select regexp_split_to_table('the more the merrier the better in $number', ' ');
select word, count(*) from words group by word having count(*) > 1;
select count(*) from words where word = '$number';
""",
}
_PAIRS = '[["$number",1],["better",1],["in",1],["merrier",1],["more",1],["the",3]]\n'
_OUTPUT = {
    "python": '{"the": 3, "more": 1, "merrier": 1, "better": 1, "in": 1, "$number": 1}\n',
    "javascript": _PAIRS,
    "typescript": _PAIRS,
    "java": "{$number=1, better=1, in=1, merrier=1, more=1, the=3}\n",
    "go": '{"$number":1,"better":1,"in":1,"merrier":1,"more":1,"the":3}\n',
    "sql": """\
 word | count 
------+-------
 the  |     3
(1 row)

 count 
-------
     1
(1 row)

""",  # noqa: W291 - as psql prints it
}


@dataclass(frozen=True, slots=True)
class Program:
    """One program, and what it must write."""

    language: str
    number: int
    code: str
    output: str

    @property
    def snippet(self) -> Snippet:
        """The same for the isolated side, which compares the output itself."""
        return Snippet(code=self.code, language=self.language, expected_output=self.output)


def program(language: str, number: int) -> Program:
    """Return a language's program with a number in it."""
    code, output = (Template(text[language]).substitute(number=number) for text in (_CODE, _OUTPUT))
    return Program(language, number, code, output)
