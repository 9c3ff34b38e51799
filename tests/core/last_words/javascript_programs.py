"""Programs that end Node in every way it has words for."""

PROGRAMS = {
    "throw_text": 'throw "text"\n',
    "throw_object": 'throw {code:1, a:"b".repeat(100), c:{d:[1,2,3]}}\n',
    "throw_null": "throw null\n",
    "reject_text": 'Promise.reject("text")\n',
    "reject_error": 'Promise.reject(new TypeError("rej"))\n',
    "async_multi_line": (
        'async function f(){\n await 1;\n throw new Error("multi\\nline");\n}\nf()\n'
    ),
    "missing": 'const x = require("left-pad/sub")\n',
    "missing_scoped_import": 'import x from "@jest/globals"; console.log(x)\n',
    "missing_dynamic": 'console.log("a"); import("nopkg")\n',
    "missing_relative": 'require("./sort")\n',
    "missing_relative_import": 'import x from "./nope.js"; console.log(x)\n',
    "missing_in_worker": (
        'const {Worker}=require("worker_threads"); new Worker("require(\'nopkg\')",{eval:true})\n'
    ),
    "missing_logged_then_exit": (
        'try { require("nopkg") } catch (e) { console.error(e); process.exitCode = 1 }\n'
    ),
    "missing_logged_then_type_error": (
        'try { require("nopkg") } catch (e) { console.error(e) }\nnull.x\n'
    ),
    "missing_faked_then_type_error": (
        "console.error(`node:internal/modules/cjs/loader:1520\\n  throw err;\\n  ^\\n\\n"
        "Error: Cannot find module 'nopkg'\\n    at x {\\n  code: 'MODULE_NOT_FOUND'\\n}\\n\\n"
        "Node.js v24.19.0`)\nnull.x\n"
    ),
    "missing_said_only": "throw new Error(\"Cannot find module 'nopkg'\")\n",
    "missing_as_cause": (
        'try { require("nopkg") } catch (e) { throw new Error("no nopkg", {cause: e}) }\n'
    ),
    "unknown_builtin": 'require("node:nope")\n',
    "foreign_scheme": 'import x from "bun:test"; x\n',
    "foreign_scheme_required": 'require("bun:test")\n',
    "syntax": "let a = ;\n",
    "unclosed": "function f() {\n",
    "unclosed_module": 'import "fs"; function f() {',
    "await_in_script": 'const fs = require("fs"); await 1;\n',
    "missing_export": 'import {x} from "fs"\n',
    "json": 'console.log(1); JSON.parse("{")\n',
    "json_empty": 'JSON.parse("")\n',
    "regexp": 'new RegExp("(")\n',
    "eval_syntax": 'eval("x x")\n',
    "magic": "%%bash\n",
    "log_then_exit": 'console.error("bad thing"); process.exit(3)\n',
    "log_error_then_exit": 'console.error(new Error("bad thing")); process.exit(3)\n',
    "exit_code": "process.exitCode=4\n",
    "exit_200": 'console.error("two hundred"); process.exit(200)\n',
    "heap": "const a=[];while(true)a.push(new Array(1000000).fill(1.5))\n",
    "heap_faked": (
        'console.error("FATAL ERROR: JavaScript heap out of memory"); process.exit(1)\n'
    ),
    "heap_faked_then_type_error": (
        'console.error("FATAL ERROR: JavaScript heap out of memory"); null.x\n'
    ),
    "array_buffer": "new ArrayBuffer(1e15)\n",
    "array_length": "new Array(-1)\n",
    "recursion": "function f(){f()};f()\n",
    "assertion": 'require("assert").strictEqual(1,2)\n',
    "custom": 'const e=new Error("x"); e.name="MyProblem"; e.extra={a:1}; throw e\n',
    "cause": 'class Problem extends Error{}; throw new Problem("boo", {cause:new Error("in")})\n',
    "aggregate": 'throw new AggregateError([new Error("a"),new Error("b")],"agg")\n',
    "timer": "setTimeout(()=>{undefinedFn()},1)\n",
    "no_file": 'require("fs").readFileSync("/nope")\n',
    "event": 'new (require("events"))().emit("error", new Error("ev"))\n',
    "no_command": 'require("child_process").spawn("/nope/x")\n',
    "node_test": 'const {test}=require("node:test"); test("x",()=>{throw new Error("t")})\n',
    "no_stack": 'Error.stackTraceLimit=0; throw new Error("nostack")\n',
    "empty_message": 'throw new Error("")\n',
    "stack_in_message": 'throw new Error("multi\\nline\\n    at fake (/x.js:1:1)\\nend")\n',
    "abort": "process.abort()\n",
    "disk_full": 'require("fs").writeFileSync("/dev/full","x")\n',
    "unsettled": "import 'fs'; await new Promise(()=>{})\n",
}
