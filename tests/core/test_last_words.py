"""What real runtimes said last, as captured, and what each of their programs is judged to be."""

from __future__ import annotations

import pytest

from daytona_validate._models import Fault, Outcome, Stage
from for_each import for_each

from .captured_words import Said, captured, versions

CAPTURED = captured("last_words")
COMPILE, RUNTIME = Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR
MISSING, MEMORY = Outcome.MISSING_DEPENDENCY, Outcome.MEMORY_LIMIT
DISK, PROCESSES, FRAGMENT = Outcome.DISK_LIMIT, Outcome.PROCESS_LIMIT, Outcome.NOT_RUNNABLE
NO_MEMORY, NO_DISK = "memory limit of 512 MiB exceeded: ", "disk limit of 64 MiB exceeded: "
NO_PROCESS = "process limit of 256 exceeded: "
NOT_FOUND = "ModuleNotFoundError: No module named "

# Name of the program: its outcome, and how the line after «Code execution failed: » begins.
PYTHON = {
    "unclosed": (COMPILE, "SyntaxError: '(' was never closed (line 1)"),
    "warning_then_syntax": (COMPILE, "SyntaxError: 'await' outside function (line 3)"),
    "indent": (COMPILE, "IndentationError: unexpected indent (line 1)"),
    "tab": (COMPILE, "TabError: inconsistent use of tabs and spaces in indentation (line 3)"),
    "unknown_encoding": (COMPILE, "SyntaxError: encoding problem: xyz"),
    "bad_escape": (COMPILE, "SyntaxError: (unicode error) 'unicodeescape' codec can't decode"),
    "too_nested": (COMPILE, "SyntaxError: too many nested parentheses (line 1)"),
    "too_deep_to_parse": (COMPILE, "MemoryError: Parser stack overflowed"),
    "too_deep_to_compile": (COMPILE, "RecursionError: maximum recursion depth exceeded during"),
    "return_outside": (COMPILE, "SyntaxError: 'return' outside function (line 1)"),
    "magic": (FRAGMENT, "Code not runnable: a notebook magic or shell line"),
    "shell_line": (FRAGMENT, "Code not runnable: a notebook magic or shell line"),
    "session": (FRAGMENT, "Code not runnable: an interactive session, not a program"),
    "missing": (MISSING, NOT_FOUND + "'scipy' (line 1)"),
    "missing_in_function": (MISSING, NOT_FOUND + "'scipy' (line 2)"),
    "missing_then_del": (MISSING, NOT_FOUND + "'nopkg' (line 4)"),
    "missing_in_pool": (MISSING, NOT_FOUND + "'nopkg' (line 4)"),
    "missing_while_handling": (MISSING, NOT_FOUND + "'nopkg' (line 4)"),
    "not_a_package": (RUNTIME, NOT_FOUND + "'os.nope'; 'os' is not a package (line 1)"),
    "relative": (RUNTIME, "ImportError: attempted relative import with no known parent package"),
    "missing_name": (RUNTIME, "ImportError: cannot import name 'nope' from 'os'"),
    "missing_in_thread": (RUNTIME, NOT_FOUND + "'nopkg'"),
    "chained_in_thread": (RUNTIME, NOT_FOUND + "'nopkg'"),
    "missing_printed_then_value_error": (RUNTIME, "ValueError: later (line 6)"),
    "missing_handled_then_exit": (RUNTIME, NOT_FOUND + "'nopkg' (line 3) (exit code 3)"),
    "missing_with_note": (RUNTIME, NOT_FOUND + "'nopkg' (line 2)"),
    "missing_in_group": (RUNTIME, "ExceptionGroup: g (1 sub-exception) (line 4)"),
    "missing_as_cause": (RUNTIME, "RuntimeError: no nopkg (line 4)"),
    "chained_multi_line": (RUNTIME, "ValueError: multi (line 4)"),
    "group": (RUNTIME, "ExceptionGroup: eg (2 sub-exceptions) (line 1)"),
    "group_with_cause": (RUNTIME, "ExceptionGroup: eg (1 sub-exception) (line 4)"),
    "exit_message": (RUNTIME, "second"),
    "exit_3": (RUNTIME, "exited with code 3"),
    "unittest": (RUNTIME, "T.test: AssertionError: 1 != 2 (line 3)"),
    "unittest_missing": (RUNTIME, "T.test: " + NOT_FOUND + "'nopkg' (line 3)"),
    "interrupt": (RUNTIME, "KeyboardInterrupt (line 1)"),
    "assertion": (RUNTIME, "AssertionError (line 1)"),
    "custom": (RUNTIME, "Problem: x (line 2)"),
    "custom_no_message": (RUNTIME, "A.B (line 3)"),
    "os_exit": (RUNTIME, "exited with code 5"),
    "segfault": (RUNTIME, "killed by signal SEGV (11)"),
    "exec_syntax": (RUNTIME, "SyntaxError: invalid syntax (line 1)"),
    "thread_after_main": (RUNTIME, "ValueError: main (line 9)"),
    "forgotten_task": (RUNTIME, "KeyError: 'main' (line 5)"),
    "memory": (MEMORY, NO_MEMORY + "MemoryError (line 1)"),
    "memory_mentioned": (RUNTIME, "ValueError: MemoryError: not really (line 1)"),
    "note": (RUNTIME, "ValueError: a (line 1)"),
    "recursion": (RUNTIME, "RecursionError: maximum recursion depth exceeded (line 1)"),
    "atexit": (RUNTIME, "ValueError: m (line 3)"),
    "undefined": (RUNTIME, "NameError: name 'undefined_name' is not defined (line 1)"),
    "argparse": (RUNTIME, "main.py: error: the following arguments are required: x (exit code 2)"),
    "disk_full": (DISK, NO_DISK + "OSError: [Errno 28] No space left on device (line 1)"),
    "disk_full_handled": (RUNTIME, "KeyError: 'later' (line 7)"),
    "empty_message": (RUNTIME, "ValueError (line 1)"),
    "traceback_in_message": (RUNTIME, "ValueError: Traceback (most recent call last): (line 1)"),
    "no_traceback": (RUNTIME, "ValueError: short"),
    "own_hook": (RUNTIME, "exited with code 1 after printing: hooked"),
    "socket_would_block": (RUNTIME, "BlockingIOError: [Errno 11] Resource temporarily unavailable"),
    "no_new_process": (PROCESSES, NO_PROCESS + "BlockingIOError: [Errno 11] Resource"),
    "no_new_thread": (PROCESSES, NO_PROCESS + "RuntimeError: can't start new thread (line 3)"),
}
JAVASCRIPT = {
    "throw_text": (RUNTIME, "Uncaught text (line 1)"),
    "throw_object": (RUNTIME, "Uncaught { code: 1, a: 'bbbb"),
    "throw_null": (RUNTIME, "Uncaught null (line 1)"),
    "reject_text": (RUNTIME, 'UnhandledPromiseRejection: "text"'),
    "reject_error": (RUNTIME, "TypeError: rej (line 1)"),
    "async_multi_line": (RUNTIME, "Error: multi (line 3)"),
    "missing": (MISSING, "Error: Cannot find module 'left-pad/sub' (line 1)"),
    "missing_scoped_import": (
        MISSING,
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package '@jest/globals' imported from /work/",
    ),
    "missing_dynamic": (MISSING, "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'nopkg'"),
    "missing_in_worker": (MISSING, "Error: Cannot find module 'nopkg'"),
    "missing_relative": (RUNTIME, "Error: Cannot find module './sort' (line 1)"),
    "missing_relative_import": (RUNTIME, "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/work"),
    "missing_logged_then_exit": (RUNTIME, "Error: Cannot find module 'nopkg'"),
    "missing_logged_then_type_error": (RUNTIME, "TypeError: Cannot read properties of null"),
    "missing_faked_then_type_error": (RUNTIME, "TypeError: Cannot read properties of null"),
    "missing_said_only": (RUNTIME, "Error: Cannot find module 'nopkg' (line 1)"),
    "missing_as_cause": (RUNTIME, "Error: no nopkg (line 1)"),
    "unknown_builtin": (RUNTIME, "Error [ERR_UNKNOWN_BUILTIN_MODULE]: No such built-in module:"),
    "foreign_scheme": (RUNTIME, "Error [ERR_UNSUPPORTED_ESM_URL_SCHEME]: Only URLs with a scheme"),
    "foreign_scheme_required": (RUNTIME, "Error: Cannot find module 'bun:test' (line 1)"),
    "syntax": (COMPILE, "SyntaxError: Unexpected token ';' (line 1)"),
    "unclosed": (COMPILE, "SyntaxError: Unexpected end of input (line 2)"),
    "unclosed_module": (COMPILE, "SyntaxError: Unexpected end of input (line 1)"),
    "await_in_script": (RUNTIME, "ReferenceError: "),
    "missing_export": (COMPILE, "SyntaxError: The requested module 'fs' does not provide an"),
    "json": (RUNTIME, "SyntaxError: "),
    "json_empty": (RUNTIME, "SyntaxError: Unexpected end of JSON input (line 1)"),
    "regexp": (
        RUNTIME,
        "SyntaxError: Invalid regular expression: /(/: Unterminated group (line 1)",
    ),
    "eval_syntax": (RUNTIME, "SyntaxError: Unexpected identifier"),
    "magic": (COMPILE, "SyntaxError: Unexpected token '%' (line 1)"),
    "log_then_exit": (RUNTIME, "bad thing (exit code 3)"),
    "log_error_then_exit": (RUNTIME, "Error: bad thing (exit code 3)"),
    "exit_code": (RUNTIME, "exited with code 4"),
    "exit_200": (RUNTIME, "two hundred (exit code 200)"),
    "heap": (MEMORY, NO_MEMORY + "FATAL ERROR: Reached heap limit Allocation failed"),
    "heap_faked": (RUNTIME, "FATAL ERROR: JavaScript heap out of memory"),
    "heap_faked_then_type_error": (RUNTIME, "TypeError: Cannot read properties of null"),
    "array_buffer": (MEMORY, NO_MEMORY + "RangeError: Array buffer allocation failed (line 1)"),
    "array_length": (RUNTIME, "RangeError: Invalid array length (line 1)"),
    "recursion": (RUNTIME, "RangeError: Maximum call stack size exceeded (line 1)"),
    "assertion": (
        RUNTIME,
        "AssertionError [ERR_ASSERTION]: Expected values to be strictly equal: 1 !== 2 (line 1)",
    ),
    "custom": (RUNTIME, "MyProblem: x (line 1)"),
    "cause": (RUNTIME, "Problem [Error]: boo (line 1)"),
    "aggregate": (RUNTIME, "AggregateError: agg (line 1)"),
    "timer": (RUNTIME, "ReferenceError: undefinedFn is not defined (line 1)"),
    "no_file": (RUNTIME, "Error: ENOENT: no such file or directory, open '/nope' (line 1)"),
    "event": (RUNTIME, "Error: ev (line 1)"),
    "no_command": (RUNTIME, "Error: spawn /nope/x ENOENT"),
    "node_test": (RUNTIME, "x: t (line 1)"),
    "no_stack": (RUNTIME, "Error: nostack (line 1)"),
    "empty_message": (RUNTIME, "Error (line 1)"),
    "stack_in_message": (RUNTIME, "Error: multi (line 1)"),
    "abort": (RUNTIME, "killed by signal ABRT (6)"),
    "disk_full": (DISK, NO_DISK + "Error: ENOSPC: no space left on device, write (line 1)"),
    "unsettled": (RUNTIME, "Warning: a top-level await was never settled (exit code 13)"),
}
# Node 18 does not take a script with `import` or `await` for a module.
NO_IMPORT = (COMPILE, "SyntaxError: Cannot use import statement outside a module (line 1)")
IN_OLD_VERSIONS = {
    ("python", "3.11.7", "too_deep_to_parse"): (MEMORY, NO_MEMORY + "MemoryError"),
    ("javascript", "18.20.8", "missing_scoped_import"): NO_IMPORT,
    ("javascript", "18.20.8", "missing_relative_import"): NO_IMPORT,
    ("javascript", "18.20.8", "foreign_scheme"): NO_IMPORT,
    ("javascript", "18.20.8", "missing_export"): NO_IMPORT,
    ("javascript", "18.20.8", "unsettled"): NO_IMPORT,
    ("javascript", "18.20.8", "unclosed_module"): NO_IMPORT,
    ("javascript", "18.20.8", "await_in_script"): (COMPILE, "SyntaxError: await is only valid in"),
}
EXPECTED = {"python": PYTHON, "javascript": JAVASCRIPT}


@for_each("said", CAPTURED, ids=str)
def test_last_words_are_judged(said: Said) -> None:
    outcome, line = IN_OLD_VERSIONS.get(
        (said.language, said.version, said.name), EXPECTED[said.language][said.name]
    )

    verdict = said.verdict()

    prefix = "" if outcome is FRAGMENT else "Code execution failed: "
    assert verdict.outcome is outcome
    assert verdict.details.startswith(prefix + line)
    assert verdict.stage is (Stage.COMPILE if outcome in (COMPILE, FRAGMENT) else Stage.RUN)
    assert verdict.fault is {MISSING: Fault.ENVIRONMENT, FRAGMENT: Fault.NONE}.get(
        outcome, Fault.SNIPPET
    )
    assert (verdict.error or "").strip() == said.case["stderr"].strip()


@pytest.mark.parametrize("language", EXPECTED)
def test_every_program_was_captured_in_every_version(language: str) -> None:
    found = [names for (each, _), names in versions(CAPTURED).items() if each == language]
    assert len(found) >= 3
    assert all(names == EXPECTED[language].keys() for names in found)
