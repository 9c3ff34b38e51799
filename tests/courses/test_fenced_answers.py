"""The program in what a model answered, as models answer."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._cli.course_options import FENCED
from daytona_validate._courses.fenced_answer import FencedProgram, NoProgram, program_of
from for_each import for_each
from growth import assert_linear


def program(answer: str, which: str = "last", language: str | None = "python") -> str:
    return program_of(answer, which=which, language=language).code


PLAIN = "```python\nprint(1)\n```"
TWO = f"First:\n{PLAIN}\nBetter:\n```py\nprint(2)\n```\nPrints:\n```\n3\n```\n"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(PLAIN, id="a fence alone"),
        pytest.param(f"Sure! Here it is:\n\n{PLAIN}\n\nIt prints 1.", id="text around"),
        pytest.param(PLAIN.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param(PLAIN.replace("```", "~~~"), id="tildes"),
        pytest.param(PLAIN.replace("```", "`````"), id="five marks"),
        pytest.param(PLAIN.replace("python", "Python3 title='a.py'"), id="a longer info string"),
        pytest.param(PLAIN.replace("python", "{.python .numberLines}"), id="attributes"),
        pytest.param("```python\nprint(1)\n", id="cut before its end"),
        pytest.param("So: ```python\nprint(1)\n```\nIt prints 1.", id="after words in its line"),
        pytest.param("1. So:\n\n   ```python\n   print(1)\n   ```\n", id="in a list"),
        pytest.param("- ```python\n  print(1)\n  ```\n", id="after the mark of a list"),
        pytest.param("> ```python\n> print(1)\n> ```\n", id="in a quote"),
        pytest.param("      ```python\n      print(1)\n      ```\n", id="deep as indented code"),
        pytest.param(f"<answer>\n{PLAIN}\n</answer>", id="in a tag, where HTML would go on"),
        pytest.param("```python\nprint(1)\n```<|im_end|>", id="a stop word after it"),
        pytest.param(f"```markdown\n# Title\n{PLAIN}\n```\n", id="fenced as a whole"),
        pytest.param("```bash\npip install x\n```\n```\nprint(1)\n```\n", id="no language named"),
        pytest.param(f"{PLAIN}\n```text\n1\n```\n```\n1\n```\n```json\n{{}}\n```\n", id="others"),
        pytest.param(f"{PLAIN}\n```python\n\n```\n", id="an empty one after it"),
        pytest.param(f"<think>or\n```python\nprint(0)\n```\n</think>\n{PLAIN}", id="reasoning"),
        pytest.param(f"\n<THINKING>it's `x`</THINKING>{PLAIN}", id="reasoning, in one line"),
        pytest.param(f"<think></think><think>b</think>\n{PLAIN}", id="reasoning, twice"),
        pytest.param(f"[THINK]a[/THINK]\n{PLAIN}", id="reasoning in brackets"),
        pytest.param(f"<|begin_of_thought|>a<|end_of_thought|>\n{PLAIN}", id="reasoning in bars"),
        pytest.param(f"so I'd\n```python\nprint(0)\n```\n</think>\n{PLAIN}", id="begun before"),
    ],
)
@pytest.mark.parametrize("which", FENCED)
def test_the_one_program_is_found(answer: str, which: str) -> None:
    assert program(answer, which).rstrip("\n") == "print(1)"


def test_there_are_three_ways_where_there_are_more_programs() -> None:
    assert program(TWO, "first") == "print(1)\n"
    assert program(TWO, "last") == "print(2)\n"
    assert program(TWO, "all") == "print(1)\n\nprint(2)\n"


def test_without_a_language_the_fences_say_it() -> None:
    answer = f"{PLAIN}\n```js\nlog(1)\n```\n```rust\nmain()\n```\n```\n1\n```\n"
    assert program_of(answer, which="last", language=None) == FencedProgram(
        "log(1)\n", "javascript"
    )
    assert program_of(answer, which="first", language=None) == FencedProgram("print(1)\n", "python")
    assert program_of(answer, which="all", language=None) == FencedProgram("print(1)\n", "python")
    assert program_of("```\nx\n```", which="last", language=None) == FencedProgram("x\n", None)


def test_an_unknown_language_has_the_fences_of_its_name() -> None:
    assert program(f"{PLAIN}\n```Rust\nmain()\n```", language="rust") == "main()\n"


@pytest.mark.parametrize(
    ("answer", "language", "problem"),
    [
        ("None", "python", "no fence has code in it"),
        ("", "python", "no fence has code in it"),
        ("```python\n\n```", "python", "no fence has code in it"),
        ("So `x` and ```y``` do", "python", "no fence has code in it"),
        ("<think>\n```python\nprint(1)\n```\n", "python", "ends within its reasoning"),
        ("```js\nlog(1)\n```\nprints\n```\n1\n```", "python", "no fence is in python, but in java"),
        ("```rust\nmain()\n```\n```\n1\n```", "python", "no fence is in python, but in rust, none"),
        ("Use ```rust\nor ```\n", "python", "no fence has code in it"),
        ("```rust\nmain()\n```", None, "no fence is in a known language, but in rust"),
        ("```a\n1\n```\n" * 3 + "```b\x1b\n1\n```", "sql", r"but in a, 'b\x1b'"),
        ("".join(f"```w{n}\n1\n```\n" for n in range(9)), "sql", "w4, …"),
    ],
)
def test_where_there_is_no_program_it_says_why(
    answer: str, language: str | None, problem: str
) -> None:
    """Least of all is a refusal a program: `None` would pass."""
    with pytest.raises(NoProgram) as caught:
        program_of(answer, which="last", language=language)
    assert problem in str(caught.value)


@for_each(
    "code",
    [
        'text.split("</think>")[-1]\n',
        "re.sub(r'<think>.*?</think>', '', text)\n",
        'page = """\n    ```\n    inner\n    ```\n"""\n',
        "if x:\n        y()\n",
        "# - a\n- 1\n> 2\n",
        "a = '```'\n",
        "print('~~~')\n~~~\n",
        "# strips <think>x</think> from the text\nprint(1)\n",
        "# ends at </think>\nprint(1)\n",
        "# </reasoning>\nprint(1)\n# [/THINK] and\n",
        'def f():\n    """Drop <thinking>..</thinking> parts."""\nprint(1)\n',
        "text = '''\n</think>\n'''\n",
    ],
)
def test_the_code_itself_is_not_touched(code: str) -> None:
    assert program(f"So:\n```python\n{code}```\nDone.") == code
    assert program(f"So:\n```python\n{code}```\nUse:\n```\nsh\n```\n") == code
    assert program(f"a\n```py\n0\n```\n</think>\n```python\n{code}```", "first") == code


def test_a_pair_of_marks_in_prose_is_no_end_of_reasoning() -> None:
    answer = f"{PLAIN}\nIt takes <think>x</think> and [THINK] y [/THINK] away."
    assert program(answer) == "print(1)\n"
    assert program(f"I left <think> and </think> out; done.</think>\n{answer}") == "print(1)\n"
    assert program(f"0\n```python\nprint(0)\n```</think>\nSo: {answer}", "first") == "print(1)\n"


def test_the_indentation_of_a_fence_is_taken_from_its_code_and_no_more() -> None:
    assert program("  ```py\n  if x:\n      y()\n > 1\nz\n  ```") == "if x:\n    y()\n> 1\nz\n"


LINES = st.lists(
    st.text(alphabet=" \tab>-1.{}'\"<\u2028\x0b\x85", max_size=12), min_size=1, max_size=8
)


@given(LINES, st.sampled_from(["", "Sure.\n\n", "<think>x</think>\n"]), st.sampled_from("`~"))
def test_any_code_in_a_fence_comes_out_as_it_is(lines: list[str], before: str, mark: str) -> None:
    code = "".join(f"{line}\n" for line in lines)
    answer = f"{before}{mark * 3}python\n{code}{mark * 3}\nAfter."
    if code.strip():
        assert program(answer) == code


@given(st.text(alphabet="`~>- \n</think>py[]1.:", max_size=60), st.sampled_from(FENCED))
def test_no_answer_breaks_it(answer: str, which: str) -> None:
    with suppress(NoProgram):
        assert program(answer, which).strip()


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("", "<think></think>", ""),
        ("", "<think>", ""),
        ("", "</think", ""),
        ("", "```\n", ""),
        ("", "`", ""),
        ("", " ", "```"),
        ("", ">", ""),
        ("", "1.", ""),
        ("", "a```b", ""),
        ("", "- ", ""),
        ("```{", "a=", "\n1"),
    ],
)
def test_the_cost_grows_with_the_length_and_no_faster(start: str, piece: str, end: str) -> None:
    def read(answer: str) -> None:
        with suppress(NoProgram):
            program(answer)

    assert_linear(read, piece, start=start, end=end, small_characters=16 * 1024)
