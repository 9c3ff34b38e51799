"""What a program lacked, by messages of real runtimes and by what only looks like one."""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.missing import missing
from daytona_validate._models import Missing, MissingKind
from for_each import for_each

from .captured_words import Said, captured

_REAL = {
    "python-3.11.7-undefined": ("name", "undefined_name", 1),
    "python-3.12.1-missing": ("module", "scipy", 1),
    "python-3.13.0-not_a_package": ("module", "os.nope", 1),
    "javascript-24.19.0-timer": ("name", "undefinedFn", 1),
    "javascript-24.19.0-missing": ("module", "left-pad", 1),
    "javascript-18.20.8-missing_relative": ("module", "./sort", 1),
    "go-1.27.3-test_does_not_compile": ("name", "Add", 6),
    "go-1.27.3-no_such_standard": ("module", "fmt2", 3),
    "go-1.21.13-embed_nothing": ("file", "no.txt", 5),
    "java-25.0.3-symbol": ("name", "foo", 3),
    "java-17.0.15-symbol_class": ("type", "Strin", 3),
    "java-25.0.3-warning_then_error": ("name", "y", 4),
    "java-25.0.3-qualified_absent": ("type", "Foo", 3),
    "java-25.0.3-absent_said": ("name", "y", 4),
}
_SAID = {
    str(each): each for f in ("last_words", "go_words", "java_last_words") for each in captured(f)
}
_PYTHON, _NODE, _TYPESCRIPT, _GO = "python", "javascript", "typescript", "go"
_JAVA, _SQL = "java", "sql"


@for_each("name", _REAL)
def test_a_result_tells_the_line_and_what_was_missing(name: str) -> None:
    said: Said = _SAID[name]
    kind, what, line = _REAL[name]
    verdict = said.verdict()
    assert (verdict.missing, verdict.error_line) == (Missing(MissingKind(kind), what), line)


def _missing(language: str, message: str, *, is_compiler: bool = False) -> tuple[str, str] | None:
    diagnosis = Diagnosis(message=message, is_uncaught=not is_compiler)
    found = missing(diagnosis, LANGUAGES[language], is_compiler=is_compiler)
    return None if found is None else (found.kind.value, found.name)


@for_each(
    ("language", "message", "kind", "name"),
    [
        (_PYTHON, "NameError: name 'np' is not defined. Did you mean: 'n'?", "name", "np"),
        (
            _PYTHON,
            "NameError: cannot access free variable 'x' where it is not associated with a value",
            "name",
            "x",
        ),
        (
            _PYTHON,
            "ImportError: attempted relative import with no known parent package",
            "module",
            "relative import",
        ),
        (
            _PYTHON,
            "FileNotFoundError: [Errno 2] No such file or directory: 'data/a b.csv'",
            "file",
            "data/a b.csv",
        ),
        (_PYTHON, "sqlite3.OperationalError: no such table: users", "table", "users"),
        (
            _PYTHON,
            "ConnectionRefusedError: [Errno 111] Connection refused",
            "server",
            "[Errno 111] Connection refused",
        ),
        (
            _PYTHON,
            "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name>",
            "server",
            "[Errno -3] Temporary failure in name>",
        ),
        (_NODE, "ReferenceError: document is not defined", "browser", "document"),
        (_NODE, "ReferenceError: HTMLInputElement is not defined", "browser", "HTMLInputElement"),
        (
            _NODE,
            "Error: ENOENT: no such file or directory, open 'notes.txt'",
            "file",
            "notes.txt",
        ),
        (_NODE, "Error: connect ECONNREFUSED 127.0.0.1:6379", "server", "127.0.0.1:6379"),
        (_NODE, "Error: getaddrinfo EAI_AGAIN db", "server", "db"),
        (_NODE, "LoafError: getaddrinfo EAI_AGAIN db", "server", "db"),
        (_NODE, "LoafError: connect ECONNREFUSED 10.0.0.1:1", "server", "10.0.0.1:1"),
        (_NODE, "TypeError: fetch failed", "server", "fetch"),
        (_TYPESCRIPT, "TS2304: Cannot find name 'total'.", "name", "total"),
        (_TYPESCRIPT, "TS2552: Cannot find name 'totl'. Did you mean 'total'?", "name", "totl"),
        (_TYPESCRIPT, "TS2304: Cannot find name 'Animal'.", "type", "Animal"),
        (
            _TYPESCRIPT,
            "TS2693: 'string' only refers to a type, but is being used as a value here.",
            "name",
            "string",
        ),
        (
            _TYPESCRIPT,
            "TS2584: Cannot find name 'document'. Do you need to change your target library?",
            "browser",
            "document",
        ),
        (
            _TYPESCRIPT,
            "TS2307: Cannot find module './shapes' or its corresponding type declarations.",
            "module",
            "./shapes",
        ),
        (
            _TYPESCRIPT,
            "TS2664: Invalid module name in augmentation, module 'rye' cannot be found.",
            "module",
            "rye",
        ),
        (
            _NODE,
            'Error: unable to determine transport target for "rye-pretty"',
            "module",
            "rye-pretty",
        ),
        (_NODE, "Error: ENOENT: no such file or directory, open '/etc/rye'", "file", "/etc/rye"),
        (_GO, "undefined: User", "name", "User"),
        (_GO, "other.go:3: undefined: User", "name", "User"),
        (_JAVA, "cannot find symbol: variable total", "name", "total"),
    ],
)
def test_a_message_tells_what_is_missing(language: str, message: str, kind: str, name: str) -> None:
    is_compiler = language in (_TYPESCRIPT, _GO, _JAVA)
    assert _missing(language, message, is_compiler=is_compiler) == (kind, name)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ('ERROR: relation "users" does not exist', "users"),
        ('ERROR: column "age" of relation "users" does not exist', "age"),
        ("ERROR: column u.age does not exist", "u.age"),
        ("ERROR: function add_one(integer, text) does not exist", "add_one"),
        ('ERROR: schema "shop" does not exist', "shop"),
        ('ERROR: type "mood" does not exist', "mood"),
        ('ERROR: trigger "t" for table "users" does not exist', "t"),
        ('ERROR: prepared statement "q" does not exist', "q"),
    ],
)
def test_what_a_database_does_not_have(message: str, name: str) -> None:
    assert _missing(_SQL, message) == ("table", name)


@pytest.mark.parametrize(
    ("language", "message"),
    [
        (_PYTHON, "ValueError: NameError: name 'x' is not defined"),
        (_PYTHON, "UnboundLocalError: cannot access local variable 'x' where it is not associated"),
        (_PYTHON, "FileNotFoundError: [Errno 2] No such file or directory: '/etc/none'"),
        (_PYTHON, "AttributeError: module 'os' has no attribute 'nme'"),
        (_PYTHON, "ImportError: cannot import name 'x' from 'os' (/usr/lib/python3/os.py)"),
        (_NODE, "ReferenceError: Cannot access 'x' before initialization"),
        (_NODE, "TypeError: x is not a function"),
        (_GO, "undefined: strings.Foo"),
        (_SQL, 'ERROR: syntax error at or near "does not exist"'),
    ],
)
def test_what_is_no_want_of_anything(language: str, message: str) -> None:
    assert _missing(language, message, is_compiler=language == _GO) is None


def test_what_a_program_only_printed_tells_nothing() -> None:
    printed = Diagnosis(message="NameError: name 'x' is not defined")
    assert missing(printed, LANGUAGES[_PYTHON], is_compiler=False) is None
    assert missing(None, LANGUAGES[_PYTHON], is_compiler=True) is None


def test_a_long_message_is_not_read_to_its_end() -> None:
    found = missing(
        Diagnosis(message="x" * 5000 + " undefined: y"), LANGUAGES[_GO], is_compiler=True
    )
    assert found is None
