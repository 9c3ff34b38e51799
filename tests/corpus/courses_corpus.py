"""Shows that every block of a folder of real pages is found, with its line.

    PYTHONPATH=tests/shared python tests/corpus/courses_corpus.py [--warm|--zygote] PATH

PATH holds `courses.expected.json` with `courses/`, and `dialects.expected.json` with `dialects/`.
The rule of counting and the aliases are those of these files, so languages are checked here that
the package does not run. Beside them stands the count of a scanner of lines that knows nothing of
the readers: the three have to agree on every page.

With `--warm` the blocks in languages whose compilers can keep running are run instead, each for
itself, twice with them and twice without, and every field but the usage that differs is shown; with
`--zygote` those in Python, as forks of one interpreter and as processes. None may differ.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from warm_agreement import compilers_agree, forks_agree

from collected import snippets_of
from daytona_validate._courses.collect import collect
from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.notebook import read_notebook
from daytona_validate._courses.page import Page

Place = tuple[str, int]
"""Language, and the 1-based line of the opening fence or the 0-based index of the cell."""

KINDS = ("courses", "dialects")
_PREFIX = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+[ \t>]*)*")
_FENCE = re.compile(r"(`{3,}|~{3,})(.*)")
_WORD = re.compile(r"[^\s{,:]+")


def scanned(text: str, language_of: Callable[[str], str | None]) -> Iterator[Place]:
    """Yield every line that opens a fence of a known language, at any depth."""
    marks = ""
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        fence = _FENCE.fullmatch(_PREFIX.sub("", line, count=1))
        if fence is None:
            continue
        if marks:
            is_end = fence[1].startswith(marks) and not fence[2].strip()
            marks = "" if is_end else marks
        elif "`" not in fence[2]:
            marks = fence[1]
            word = _WORD.match(fence[2].strip())
            language = language_of(word.group().lower()) if word else None
            if language:
                yield language, number


def found(page: Page) -> Iterator[Place]:
    """Yield the blocks of known languages that the readers found."""
    for block in page.blocks:
        if block.language:
            cell = block.location.cell
            yield block.language, block.location.line if cell is None else cell


def judged(name: str, text: str, page: Mapping[str, Any], aliases: Mapping[str, str]) -> list[str]:
    """Return a line for each block that is missing, and for each that should not be there."""
    wanted = {(each["language"], each.get("line", each.get("cell"))) for each in page["blocks"]}
    if name.endswith(".ipynb"):
        read = read_notebook(text, path=name, language_of=aliases.get)
        counts = {"found": set(found(read))}
    else:
        read = read_page(text, path=name, language_of=aliases.get)
        counts = {"found": set(found(read)), "scanned": set(scanned(text, aliases.get))}
    have = len(counts["found"])
    table = f"{len(wanted):5} {have:5} {len(counts.get('scanned', wanted)):7}"
    print(f"{name:32} {read.dialect:10} {table} {len(read.unread):6}")
    problems = []
    for how, places in counts.items():
        problems += [f"{name}:{at}: {what} not {how}" for what, at in wanted - places]
        problems += [f"{name}:{at}: {what} {how} too much" for what, at in places - wanted]
    return problems


def main(root: Path) -> int:
    """Compare every page below `root` and return the exit code."""
    problems: list[str] = []
    total: Counter[str] = Counter()
    print(f"{'page':32} {'read as':10} {'there':>5} {'found':>5} {'scanned':>7} {'unread':>6}")
    for kind in KINDS:
        expected = json.loads((root / f"{kind}.expected.json").read_text())
        for name, page in expected["files"].items():
            text = (root / kind / name).read_bytes().decode()
            problems += judged(name, text, page, expected["aliases"])
            total.update(each["language"] for each in page["blocks"])
    print("\n".join(sorted(problems)))
    languages = ", ".join(f"{language} {count}" for language, count in total.most_common())
    print(f"{total.total()} blocks ({languages}), {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--zygote", action="store_true")
    parser.add_argument("--concurrency", type=int)
    given = parser.parse_args()
    if not (given.warm or given.zygote):
        sys.exit(main(given.path))
    blocks = [*snippets_of(collect([str(given.path / kind) for kind in KINDS]))]
    agree = compilers_agree if given.warm else forks_agree
    sys.exit(agree(blocks, concurrency=given.concurrency))
