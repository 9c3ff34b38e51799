"""A language is one record: bash, which is not shipped, is added here by its record alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from daytona_validate import CodeValidationResult, Outcome, Snippet, Stage, Validator
from daytona_validate._cli.program import program
from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate.testing import FakeProvider

_WORDS = re.compile(r"main\.sh: line (\d+): (.+)")


def _diagnose(ending: Ending) -> Diagnosis | None:
    found = _WORDS.match(ending.text.strip().split("\n")[-1])
    return Diagnosis(message=found[2], line=int(found[1])) if found else last_line(ending)


def _fragment(code: str, _: Diagnosis) -> str | None:
    return "an interactive session, not a program" if code.startswith("$ ") else None


BASH = Language(
    name="bash",
    title="Bash",
    aliases=("sh", "shell"),
    suffixes=(".sh", ".bash"),
    image="bash:5",
    entry_file="main.sh",
    toolchain="shell",
    steps=(
        Command(Stage.COMPILE, ("bash", "-n", "main.sh")),
        Command(Stage.RUN, ("bash", "main.sh")),
    ),
    check=(Command(Stage.CHECK, ("bash", "-n", "main.sh")),),
    environment={"GREETING": "hello"},
    diagnose=_diagnose,
    fragment=_fragment,
)


@pytest.fixture(autouse=True)
def table_with_bash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LANGUAGES, BASH.name, BASH)


async def _validated(snippet: Snippet) -> CodeValidationResult:
    async with Validator(provider="local") as validator:
        return await validator.validate(snippet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    code: str
    outcome: Outcome = Outcome.PASSED
    output: str = ""
    details: str = "Code executed successfully"
    stage: Stage = Stage.RUN
    stdin: str = ""
    args: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    language: str = "bash"


CASES = {
    "prints": Case(code="words=(héllo wörld); echo ${words[@]}", output="héllo wörld\n"),
    "is known by an alias": Case(code="echo $GREETING", output="hello\n", language="Shell"),
    "reads stdin": Case(code="read line; echo ${line^^}", stdin="abc\n", output="ABC\n"),
    "reads arguments": Case(code='printf "%s|" "$@"', args=("a b", "-c"), output="a b|-c|"),
    "has more files": Case(
        code="source lib/add.sh; add 2 3",
        files=(("lib/add.sh", "add() { echo $(($1 + $2)); }\n"),),
        output="5\n",
    ),
    "fails": Case(
        code="echo so far\nset -u\necho $nobody",
        outcome=Outcome.RUNTIME_ERROR,
        output="so far\n",
        details="Code execution failed: nobody: unbound variable (line 3)",
    ),
    "exits 3": Case(
        code="exit 3",
        outcome=Outcome.RUNTIME_ERROR,
        details="Code execution failed: exited with code 3",
    ),
    "is no program": Case(
        code="echo never\nif true; then",
        outcome=Outcome.COMPILE_ERROR,
        stage=Stage.COMPILE,
        details="Code execution failed: syntax error: unexpected end of file",
    ),
    "is a fragment": Case(
        code="$ ls (all)",
        outcome=Outcome.NOT_RUNNABLE,
        stage=Stage.COMPILE,
        details="Code not runnable: an interactive session, not a program",
    ),
}


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.usefixtures("shared_cache")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_snippets_of_the_new_language_are_judged(case: Case) -> None:
    result = await _validated(
        Snippet(
            code=case.code,
            language=case.language,
            stdin=case.stdin,
            args=case.args,
            files=dict(case.files),
        )
    )
    assert (result.outcome, result.output) == (case.outcome, case.output), result.details
    assert result.details.startswith(case.details)
    assert (result.stage, result.language) == (case.stage, "bash")
    assert re.fullmatch(r"shell \d+\.\d+\.\d+", result.runtime or "")


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.usefixtures("shared_cache")
async def test_a_time_limit_can_be_set_for_it_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYTONA_TIMEOUTS__BASH", "0.5")
    result = await _validated(Snippet(code="echo begun; sleep 60", language="bash"))
    assert (result.outcome, result.output) == (Outcome.TIMEOUT, "begun\n")
    assert result.details.endswith("time limit of 0.5 seconds exceeded")


PAGE = """\
# Shell

```bash
echo from the page
```

```sh title="wrong.sh"
cat nowhere.txt
```
"""


def _check(folder: Path, *args: str, provider: FakeProvider | None = None) -> Result:
    return CliRunner().invoke(program, ["check", str(folder), *args], obj=provider)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "lesson.md").write_text(PAGE)
    (tmp_path / "tool.sh").write_text("for n in 1 2 3; do echo $((n * n)); done\n")
    return tmp_path


def test_check_finds_its_fences_and_its_files(course: Path) -> None:
    result = _check(course, "--list", provider=FakeProvider())
    assert [line.split()[0].rpartition("/")[2] for line in result.stdout.splitlines()] == [
        "lesson.md:3",
        "lesson.md:7",
        "tool.sh:1",
    ]
    assert "not known here" not in result.stderr


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.usefixtures("shared_cache")
def test_check_runs_its_fences_and_its_files(course: Path) -> None:
    ran = _check(course, "--provider", "local", "--output-format", "json")
    assert ran.exit_code == 1, ran.stderr
    results = json.loads(ran.stdout)["results"]
    by_line = {(Path(r["location"]["path"]).name, r["location"]["line"]): r for r in results}
    assert {place: each["outcome"] for place, each in by_line.items()} == {
        ("lesson.md", 3): "passed",
        ("lesson.md", 7): "runtime_error",
        ("tool.sh", 1): "passed",
    }
    assert by_line["tool.sh", 1]["output"] == "1\n4\n9\n"
    assert "nowhere.txt: No such file or directory" in by_line["lesson.md", 7]["details"]
