"""Names that no block of a page defines: its gap, unless they may be a mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, finished, result
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.gaps import as_gap
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome


def judged(
    code: str,
    name: str,
    *others: str,
    language: str = "python",
    kind: MissingKind = MissingKind.NAME,
    said: str = "",
) -> CodeValidationResult:
    page = CoursePage([block(each, language=language) for each in (code, *others)], RunRules())
    failed = result(Outcome.RUNTIME_ERROR, name, kind=kind, language=language)
    return as_gap(page, 0, replace(failed, details=failed.details + said))


@pytest.mark.parametrize(
    ("code", "name", "language"),
    [
        ("class Greeter(Node):\n    mate = None", "Node", "python"),
        ("wagon = train.couple()\n", "train", "python"),
        ("limit: Annotated[Paging, Depends()]", "Annotated", "python"),
        ("# from rails import Wagon\nclass Freight(Wagon): ...", "Wagon", "python"),
        ("let wagon = train.couple();", "train", "javascript"),
        ("SELECT name FROM wagons;", "wagons", "sql"),
        ("SELECT name FROM depot.wagons;", "depot.wagons", "sql"),
    ],
)
def test_a_name_that_the_page_lacks_is_no_mistake(code: str, name: str, language: str) -> None:
    kind = MissingKind.TABLE if language == "sql" else MissingKind.NAME
    assert judged(code, name, language=language, kind=kind).outcome is (
        Outcome.NOT_RUNNABLE if code.startswith("#") else Outcome.RUNTIME_ERROR
    )
    found = judged(code, name, code, language=language, kind=kind)
    assert found.outcome is Outcome.NOT_RUNNABLE
    assert "which no block of the page defines" in found.details
    assert ("a set-up file can make it" in found.details) == (language == "sql")


def test_a_type_that_the_page_lacks_is_no_mistake() -> None:
    code = "interface Stall { feed(): Ferret }"
    found = judged(code, "Ferret", "let a: Ferret;", language="typescript", kind=MissingKind.TYPE)
    assert found.details == "Code not runnable: it needs Ferret, which no block of the page defines"


@pytest.mark.parametrize(
    ("code", "name", "is_one"),
    [
        ("do_something(1)", "do_something", True),
        ("some_train.couple()", "some_train", True),
        ("some_trains = 1\nsome_train.couple()", "some_train", False),
        ("def do_somthing(a): ...\ndo_something(1)", "do_something", False),
        ("couple(1)", "couple", False),
        ("my_train = 1\nprint(my_wagons_total)", "my_wagons_total", False),
        ("some_total = 1\nprint(some_totl_value)", "some_totl_value", False),
        ("wagons = 1\nprint(my_wagons)", "my_wagons", False),
        ("wagonList = 1\nprint(myWagonList)", "myWagonList", False),
        ("def area(): ...\ncompute_the_area()", "compute_the_area", False),
        ("my_train = 1\ndo_something(my_train)", "do_something", True),
    ],
)
def test_a_name_that_stands_for_the_readers_is_no_mistake(
    code: str, name: str, *, is_one: bool
) -> None:
    found = judged(code, name)
    assert found.outcome is (Outcome.NOT_RUNNABLE if is_one else Outcome.RUNTIME_ERROR)


def test_a_name_that_the_prose_sets_as_code_is_no_mistake() -> None:
    failed = result(Outcome.COMPILE_ERROR, "Ferret", kind=MissingKind.TYPE, language="typescript")
    code = block("interface Stall { feed(): Ferret }", language="typescript")

    def outcome(*named: str) -> Outcome:
        course = replace(code, named=frozenset(named))
        return as_gap(CoursePage([course], RunRules()), 0, failed).outcome

    assert outcome("Ferret") is Outcome.NOT_RUNNABLE
    assert outcome("Ferrets") is Outcome.COMPILE_ERROR


@pytest.mark.parametrize(
    ("code", "name", "language"),
    [
        ("total = 1\nprint(totalqz)", "totalqz", "python"),
        ("total = 1\nprint(toatl)", "toatl", "python"),
        ("pritn(1)", "pritn", "python"),
        ("Print(1)", "Print", "python"),
        ("prints(1)", "prints", "python"),
        ("print(json.dumps({}))", "json", "python"),
        ("a = np.zeros(3)", "np", "python"),
        ("p = Path('a')", "Path", "python"),
        ("count = defaultdict(make_wagon)", "defaultdict", "python"),
        ("x = true", "true", "python"),
        ("print(n)", "n", "python"),
        ("use(wagon)\nwagon = 1", "wagon", "python"),
        ("const data = fs.readFileSync('a');", "fs", "javascript"),
        ("consle.log(1)", "consle", "javascript"),
        ("let a: numberQz = 1", "numberQz", "typescript"),
        ("INSERT INTO wagons VALUES (1); SELECT * FROM wagosn;", "wagosn", "sql"),
        ('SELECT "a b" FROM c;', "a b", "sql"),
        ("use wagon", "wagon", "go"),
    ],
)
def test_a_name_that_may_be_a_mistake_stays_one(code: str, name: str, language: str) -> None:
    kind = MissingKind.TABLE if language == "sql" else MissingKind.NAME
    assert judged(code, name, language=language, kind=kind).outcome is Outcome.RUNTIME_ERROR


def test_other_blocks_of_the_page_count() -> None:
    assert judged("use(wagom)", "wagom", "wagom\nwagon = 1").outcome is Outcome.RUNTIME_ERROR
    many = " ".join(f"word{n}" for n in range(5001))
    assert judged("use(train)", "train", f"train {many}").outcome is Outcome.RUNTIME_ERROR


def test_what_the_language_suggests_is_a_mistake() -> None:
    said = ". Did you mean: 'brain'?"
    assert judged("use(train)", "train", "train", said=said).outcome is Outcome.RUNTIME_ERROR
    said = ". Did you mean: 'None'?"
    assert judged("x = Nome", "Nome", "Nome", said=said).outcome is Outcome.RUNTIME_ERROR
    assert judged("class A(Node): ...", "Node", "Node()", said=said).outcome is Outcome.NOT_RUNNABLE


def test_what_python_suggests_of_its_own_counts_if_it_is_one_slip_away() -> None:
    for name, suggested, outcome in (
        ("Repo", "repr", Outcome.NOT_RUNNABLE),
        ("row", "pow", Outcome.NOT_RUNNABLE),
        ("prnt", "print", Outcome.RUNTIME_ERROR),
        ("lne", "len", Outcome.RUNTIME_ERROR),
        ("Repo", "Repos", Outcome.RUNTIME_ERROR),
    ):
        said = f". Did you mean: '{suggested}'?"
        assert judged(f"use({name})", name, name, said=said).outcome is outcome, name


def test_an_import_defines_no_name_of_the_lines_below_it() -> None:
    uses = "import depot\n\ntrain.couple(wagon)\n"
    assert judged(uses, "train", uses).outcome is Outcome.NOT_RUNNABLE
    for makes in ("import depot, \\\n  train", "from depot import (\n  wagon,\n  train)"):
        assert judged(f"{makes}\nuse(train)", "train", "train").outcome is Outcome.RUNTIME_ERROR


def test_a_value_that_a_later_block_assigns_is_told() -> None:
    found = judged("use(train)", "train", "train = 1")
    assert found.details == "Code not runnable: it needs train, which a later block defines"
    assert judged("wagon = 1\nuse(train)", "train", "train = 1").outcome is Outcome.RUNTIME_ERROR
    slip = judged("wagon = 1\nuse(wagon, wagom)", "wagom", "wagom = 1")
    assert slip.outcome is Outcome.RUNTIME_ERROR
    assert judged("use(train", "train", "train = 1").outcome is Outcome.RUNTIME_ERROR
    unread = "def use(wagon):\n    return train"
    assert judged(unread, "train", "train = 1").outcome is Outcome.RUNTIME_ERROR
    assert judged("use(json)", "json", "json = 1").outcome is Outcome.RUNTIME_ERROR
    assert judged("use(train)", "train", "train = (").outcome is Outcome.RUNTIME_ERROR
    inner = "def load():\n    train = 1"
    assert judged("use(train)", "train", inner).outcome is Outcome.RUNTIME_ERROR
    page = CoursePage([*map(block, ("train = 0", "use(train)", "train = 1"))], RunRules())
    failed = result(Outcome.RUNTIME_ERROR, "train")
    assert as_gap(page, 1, failed).outcome is Outcome.RUNTIME_ERROR


def test_a_thing_of_a_class_is_no_misspelt_class() -> None:
    for name, suggested, code, outcome in (
        ("wagon", "Wagon", "use(wagon)", Outcome.NOT_RUNNABLE),
        ("wagons", "Wagon", "use(wagons)", Outcome.NOT_RUNNABLE),
        ("wagon", "Wagon", "use(wagon())", Outcome.RUNTIME_ERROR),
        ("wagom", "Wagon", "use(wagom)", Outcome.RUNTIME_ERROR),
        ("wagon", "wagons", "use(wagon)", Outcome.RUNTIME_ERROR),
        ("none", "None", "use(none)", Outcome.RUNTIME_ERROR),
    ):
        said = f". Did you mean: '{suggested}'?"
        found = judged(code, name, f"use({name}.x)", said=said)
        assert found.outcome is outcome, (name, suggested, code)


def test_only_blocks_that_lack_a_name_are_asked_about() -> None:
    lacking = result(Outcome.RUNTIME_ERROR, "train")
    code = block("use(train)")
    no_block = replace(code, snippet=replace(code.snippet, is_block=False))

    def outcome(course: CourseSnippet, failed: CodeValidationResult, rules: RunRules) -> Outcome:
        return as_gap(CoursePage([course, block("ride(train)")], rules), 0, failed).outcome

    failed = Outcome.RUNTIME_ERROR
    assert outcome(code, lacking, RunRules()) is Outcome.NOT_RUNNABLE
    assert outcome(code, lacking, RunRules(has_fragments=False)) is failed
    assert outcome(replace(code, is_cell=True), lacking, RunRules()) is failed
    assert outcome(no_block, lacking, RunRules()) is failed
    assert outcome(code, result(failed), RunRules()) is failed
    module = result(failed, "train", kind=MissingKind.MODULE)
    assert outcome(code, module, RunRules()) is failed


def test_a_block_and_a_session_are_judged_by_it() -> None:
    results, _ = finished([block("use train"), block("train")])
    assert results[0].outcome is Outcome.NOT_RUNNABLE
