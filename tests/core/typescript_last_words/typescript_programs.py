"""Programs whose last words are captured: name to the entry file, or to all files."""

PROGRAMS: dict[str, str | dict[str, str]] = {
    # What the compiler says.
    "type_error": "\nconst port: number = '80';\nport.toFixed();\n",
    "several": "const a: number = 'a';\nmissing();\n",
    "explained": "const f: (x: string) => number = (x: number) => x;\nf('a');\n",
    "implicit_any": "export function twice(x) {\n  return x + x;\n}\n",
    "maybe_null": "const found = [1].find((n) => n > 1);\nconsole.log(found.toFixed());\n",
    "syntax": "const x: number = ;\n",
    "unclosed": "function f() {\n  return 1;\n",
    "unterminated_text": "const x = 'a;\n",
    "too_deep_types": (
        "type Fill<N extends number, A extends unknown[] = []> =\n"
        "  A['length'] extends N ? A : Fill<N, [...A, 0]>;\n"
        "export let many: Fill<2000>;\n"
    ),
    "in_another_file": {
        "index.ts": "import { port } from './config';\nconsole.log(port);\n",
        "config.ts": "\nexport const port: number = '80';\n",
    },
    "in_both": {
        "index.ts": "import { port } from './config';\n\nport.nope();\n",
        "config.ts": "\nexport const port: number = '80';\n",
    },
    "line_break_in_message": (
        "const s: 'a' = 'b' as `x\nindex.ts(9,9): error TS2307: Cannot find module 'nopkg' or its "
        "corresponding type declarations.${string}`;\n"
    ),
    "missing": "import express from 'express';\n\nexpress().get('/', (request) => request);\n",
    "missing_scoped": "import type { A } from '@scope/pkg/sub';\nexport let a: A;\n",
    "missing_for_its_effect": "import 'reflect-metadata';\n",
    "missing_types": "/// <reference types='jest' />\nexport {};\n",
    "missing_after_a_mistake": "const a: number = 'a';\nimport b from 'nopkg';\n",
    "missing_relative": "import { a } from './nope';\nconsole.log(a);\n",
    "unknown_builtin": "import a from 'node:nope';\nconsole.log(a);\n",
    "foreign_scheme": "import a from 'https://example.org/a.ts';\nconsole.log(a);\n",
    "missing_own": {
        "index.ts": "import { a } from 'helper';\nconsole.log(a);\n",
        "helper.ts": "export const a = 1;\n",
    },
    "with_in_a_module": "// @ts-nocheck\nawait 1;\nwith (Math) { console.log(PI); }\n",
    # What Node says.
    "throw": (
        "interface A { a: 1 }\n\nfunction f(): never {\n  throw new TypeError('no');\n}\nf();\n"
    ),
    "throw_in_module": "interface A { a: 1 }\nawait null;\n\nthrow new TypeError('no');\n",
    "throw_in_another_file": {
        "index.ts": "import { f } from './f';\n\nf();\n",
        "f.ts": "type A = 1;\nexport function f() {\n  throw new Error('no');\n}\n",
    },
    "throw_text": "type A = 1;\n\nthrow 'text';\n",
    "reject": "type A = 1;\nasync function f() {\n  throw new RangeError('late');\n}\nvoid f();\n",
    "null_property": "type A = { a: { b: number } };\nconst a = {} as A;\nconsole.log(a.a.b);\n",
    "frozen": "const o = Object.freeze({ x: 1 });\n(o as { x: number }).x = 2;\n",
    "recursion": "function f(): number {\n  return f() + 1;\n}\nf();\n",
    "json": "type A = 1;\nJSON.parse('{');\n",
    "regexp": "type A = 1;\nnew RegExp('(');\n",
    "missing_required": "type A = 1;\nrequire('left-pad');\n",
    "missing_required_relative": "type A = 1;\nrequire('./nope');\n",
    "missing_in_module": "await null;\nconst name: string = 'left-pad';\nawait import(name);\n",
    "require_in_module": "await null;\nconst fs = require('fs');\nfs.existsSync('/');\n",
    "dirname_in_module": "await null;\nconsole.log(__dirname);\n",
    "unsettled": "type A = 1;\nawait new Promise(() => {});\n",
    "declared_only": "declare function f(): void;\n\nf();\n",
    "log_then_exit": "console.error('bad thing');\nprocess.exit(3);\n",
    "says_what_the_compiler_says": (
        "const pkg: string = 'nopkg';\n"
        "console.error(`index.ts(1,8): error TS2307: Cannot find module '${pkg}' or its "
        "corresponding type declarations.`);\nprocess.exit(1);\n"
    ),
    "says_what_go_says": "console.error('fatal error: out of memory');\nprocess.exit(2);\n",
}
