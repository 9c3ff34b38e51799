"""How earlier codes and a snippet become one module for TypeScript's compiler."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from daytona_validate._sandbox_files import sandbox_files

from .node_program import run_node

_PROGRAM = """
const { joined } = require(process.argv[1]);
const codes = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(joined(codes)));
"""


def _joined(folder: Path, *codes: str) -> tuple[list[str], list[dict[str, Any]]]:
    script = sandbox_files("typescript") / "session-join.cjs"
    done = run_node(folder, "-e", _PROGRAM, str(script), stdin=json.dumps(codes))
    assert done.stderr == ""
    made = json.loads(done.stdout)
    return made["text"].split("\n"), made["places"]


def test_each_code_stands_inside_of_that_before_it(tmp_path: Path) -> None:
    lines, places = _joined(tmp_path, "const a = 1;\nvar b = 2;", "var a = '';")
    assert lines == ["{", "const a = 1;", "let b = 2;", "{", "var a = '';", "}}", "export {};"]
    assert places[1:3] == [{"code": 0, "line": 1}, {"code": 0, "line": 2}]
    assert places[3] == {"ends": 0}
    assert places[4] == {"code": 1, "line": 1}


def test_imports_go_to_the_top_and_keep_their_line(tmp_path: Path) -> None:
    code = (
        "// import no from 'no';\n"
        "const text = `\nimport no from 'no'\n`;\n"
        "import {\n  a,  // one\n  type B as C,\n} from 'mod';\n"
        "import 'effects'\nimport type { D } from \"types\";\nimport fs = require('fs');\n"
        "import('later'); import.meta;\n"
    )
    lines, places = _joined(tmp_path, code)
    assert lines[:4] == [
        "import { a, type B as C, } from 'mod';",
        "import 'effects'",
        'import type { D } from "types";',
        "import fs = require('fs');",
    ]
    assert [each["line"] for each in places[:4]] == [5, 9, 10, 11]
    body = lines[5:-2]
    assert len(body) == code.count("\n") + 1
    assert body[:4] == code.split("\n")[:4]
    assert [line.strip() for line in body[4:11]] == [""] * 7
    assert body[11] == "import('later'); import.meta;"


def test_of_imports_the_last_one_of_a_name_holds(tmp_path: Path) -> None:
    lines, _ = _joined(
        tmp_path,
        "import fs, { a, b as c } from 'one';\nimport * as all from 'o';\nimport {a as z} from 'q'",
        "import a from 'two';\nimport { c } from 'two';\nimport * as all from 'two';",
    )
    assert lines[:6] == [
        "import a from 'two';",
        "import { c } from 'two';",
        "import * as all from 'two';",
        "import fs from 'one';",
        "import {a as z} from 'q'",
        "{",
    ]


def test_export_becomes_blank_or_void_at_the_same_column(tmp_path: Path) -> None:
    code = (
        "export const a = 1;\nexport default function f() {}\nexport default a + 1;\n"
        "export { a };\nexport * from 'mod';\nexport type T = 1;\nexport default interface I {}\n"
        "export default class extends A {}\nexport = a;\nconst exported = 1;\n"
    )
    lines, _ = _joined(tmp_path, code)
    assert lines[1:11] == [
        "       const a = 1;",
        "               function f() {}",
        "void           a + 1;",
        " " * len("export { a };"),
        " " * len("export * from 'mod';"),
        "       type T = 1;",
        "               interface I {}",
        "void           class extends A {}",
        "void     a;",
        "const exported = 1;",
    ]


def test_an_exit_does_not_keep_what_follows_from_being_checked(tmp_path: Path) -> None:
    lines, _ = _joined(tmp_path, "process.exit(1);", "process.exit(0);")
    assert [lines[1], lines[3]] == ['process["exit"](1);', "process.exit(0);"]
