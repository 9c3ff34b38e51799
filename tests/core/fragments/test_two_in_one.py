"""Blocks that show one way and another, or two files; a name declared twice by mistake is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, refused_script, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear

TWICE = "SyntaxError: Identifier 'loaf' has already been declared"
REDECLARED = "TS2451: Cannot redeclare block-scoped variable 'loaf'."
REASON = "it makes loaf in two ways"


def found(code: str, *errors: str, language: str = "javascript") -> str | None:
    return refused_script(code, *errors, language=language, line=2)


@for_each(
    ("code", "is_one"),
    [
        ("const loaf = bake();\n// or\nconst loaf = buy();", True),
        ("// ES5\nvar loaf = 1;\n\n// ES2015:\nconst loaf = 1;", True),
        ("import loaf from 'rye';\n// The plain variant:\nimport { loaf } from 'rye';", True),
        (
            "// bake.js\nlet loaf = 1;\nrye();\n\n// shop.js\nimport a from 'b';\nlet loaf;",
            True,
        ),
        ("// ESM\nconst loaf = a();\n// CommonJS\nconst loaf = b();", True),
        ("// 0.x - a\nlet loaf = 1;\n// 1.x - b\nlet loaf = 2;", True),
        ("// 0.x - a\nlet loaf = 1;\n// 1.5 loaves\nlet loaf = 2;", False),
        ("// ESM or so\nconst loaf = a();\n// the ESM way\nconst loaf = b();", False),
        ("/* vs. */\nlet loaf = 1;\n/* vs. */\nlet loaf = 2;", True),
        ("const loaf = oven.bake(1);\n\nconst loaf = oven.bake(2);", True),
        ("const loaf = oven.bake(1);\nconst loaf = oven.bake(2);", False),
        ("const loaf = bake(1);\n\nconst loaf = buy(2);", False),
        ("const loaf = bake(1);\neat(loaf);\n\nconst loaf = bake(2);", False),
        ("const loaf = bake(1);\n\nconst loaf = 2;", False),
        ("const loaf = 1;\n// or so it was said\nconst loaf = 2;", False),
        ("const loaf = 1;\n// the size\nconst loaf = 2;", False),
        ("// or\nconst loaf = 1;\nconst loaf = 2;", False),
        ("const loaf = 1;\n// or\nrye();\nconst loaf = 2;", False),
        ("const loaf = 1;\n// or\nconst loaves = 2;", False),
        ("const loaf = 1;\nif (a) {\n// or\nconst loaf = 2;\n}", False),
    ],
)
def test_one_name_in_two_ways(code: str, *, is_one: bool) -> None:
    assert found(code, TWICE) == (REASON if is_one else None)
    assert found(code, "SyntaxError: Unexpected identifier 'loaf'") is None


def test_another_error_of_a_compiler_is_a_mistake() -> None:
    code = "const loaf = bake();\n// or\nconst loaf = buy();"
    unknown = "TS2304: Cannot find name '{}'."
    for errors, reason in (
        ((REDECLARED, REDECLARED), REASON),
        ((REDECLARED, unknown.format("bake")), REASON),
        ((REDECLARED, unknown.format("lof")), None),
        ((REDECLARED, unknown.format("bake"), "TS7006: Parameter 'a' implicitly"), REASON),
        ((REDECLARED, "TS7006: Parameter 'a' implicitly"), None),
        ((REDECLARED, *(unknown.format(f"bake{n}00") for n in range(21))), None),
        ((REDECLARED, "TS1005: ',' expected."), None),
    ):
        assert found(code, *errors, language="typescript") == reason


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("// bake.js\nexport const a = 1;\n// shop.js\nimport { a } from './bake.js';", True),
        ("// src/bake.mjs:\nexport const a = 1;\n// shop.mjs\nimport { a } from './bake';", True),
        ("// rye.js\nexport const a = 1;\n// shop.js\nimport { a } from './bake.js';", False),
        ("// bake.js\nimport { a } from './bake.js';", False),
        ("export const a = 1;\nimport { a } from './bake.js';", False),
    ],
)
def test_two_files(code: str, *, is_one: bool) -> None:
    name = "bake.js" if "bake.js'" in code else "bake"
    said = f"Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/work/{name}' imported from x"
    failed = result(
        Outcome.RUNTIME_ERROR, said, details=failure_details(said), language="javascript"
    )
    reason = no_program(block(code, "javascript"), failed)
    assert (reason is not None) is is_one
    assert reason is None or reason.startswith("several files in one block: ")


@pytest.mark.parametrize(
    ("code", "is_one"),
    [
        ("// ESM\nexport default a;\n// CommonJs\nmodule.exports = a;", True),
        ("// ESM\nexport default a;\nmodule.exports = a;", False),
        ("// ES modules:\nexport default a;\n// CommonJS (old)\nmodule.exports = a;", True),
        ("// ESM is here\nexport default a;\n// cjs would not do\nmodule.exports = a;", False),
        ("export default a;\nmodule.exports = a;", False),
    ],
)
def test_two_kinds_of_modules(code: str, *, is_one: bool) -> None:
    said = "ReferenceError: module is not defined in ES module scope"
    failed = result(
        Outcome.RUNTIME_ERROR, said, details=failure_details(said), language="javascript"
    )
    reason = no_program(block(code, "javascript"), failed)
    assert reason == ("it shows an ES module, and the same in CommonJS" if is_one else None)
    misspelt = replace(failed, details=failure_details(said.replace("module is", "modul is")))
    assert no_program(block(code, "javascript"), misspelt) is None


@pytest.mark.parametrize(
    "piece", [" ", "// ", "// a.js\n", "a/", "let loaf;\n", "import ", "=", "("]
)
def test_it_is_linear(piece: str) -> None:
    missing = "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/work/a'"
    for said in (TWICE, missing, REDECLARED):
        for start in ("let loaf;\n// ", "let loaf;\n", "import "):
            assert_linear(lambda code: found(code, said), piece, start=start)  # noqa: B023
