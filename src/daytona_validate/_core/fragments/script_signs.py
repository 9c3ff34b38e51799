"""Recognizers of JavaScript and TypeScript that wait for more than a program has.

Each goes by the runtime's or compiler's own words, and by the code in the line that they name.
"""

from __future__ import annotations

import re

from daytona_validate._core.compiler_errors import NO_NAME, compiler_errors
from daytona_validate._core.details import cause
from daytona_validate._core.fragments.brackets import has_balanced_parentheses
from daytona_validate._core.fragments.code_text import (
    READ_CHARACTERS,
    bare_lines,
    bare_text,
    code_line,
)
from daytona_validate._core.fragments.known_names import OWN_NAMES
from daytona_validate._core.fragments.near_names import has_misspelt
from daytona_validate._models import CodeValidationResult, Outcome

_SYNTAX = re.compile(r"SyntaxError: (?:Unexpected |Missing initializer|missing \) )")
_AT_END = "SyntaxError: Unexpected end of input"
_TYPE = r"(?:string|number|boolean|any|unknown|void|object|never|bigint|symbol)\b(?:\[\])*"
_TYPESCRIPT = re.compile(
    r"\s*(?:export\s+)?(?:declare\s+)?(?:interface\s+\w+[^(){}=;]*\{|type\s+\w+\s*(?:<[^=]*>)?\s*=[^=])"
    rf"|\s*(?:readonly\s+)?[\w$]+\??\s*:\s*{_TYPE}\s*(?:[;=|]|$)"
    rf"|.*\b(?:const|let|var)\s+[\w$]+\s*:\s*(?:{_TYPE}|[A-Z]\w*\s*(?:<|\[\]|[=;]|$))"
    rf"|.*[(,]\s*[\w$]+\??\s*:\s*{_TYPE}\s*(?:[,)=|]|$)|.*\)\s*:\s*{_TYPE}\s*(?:=>|\{{|;|$)"
    r"|\s*(?:import|export)\s+type\s+[\w{*]|\s*(?:export\s+)?(?:const\s+)?enum\s+\w+\s*\{"
    rf"|.*[\w$]<\s*(?:{_TYPE}|[A-Z]\w*|\{{)(?:[^<>()=;]|<[^<>()=;]{{0,80}}>){{0,200}}>\(\s*\)"
    r"|.*\bas (?:(?:any|const|unknown|string|number|boolean)\b|Record<|[A-Z]\w*\[\])"
    r"|.*\(\s*[\w$]+\??\s*:\s*[A-Z]\w*(?:<[^<>()]{0,80}>)?(?:\[\])?\s*(?:,[^()]{0,200})?\)"
    r"\s*(?::[^()=;{}]{1,80})?(?:=>|\{)"
)
_USAGE = re.compile(
    r"\s*(?:Usage: |error: (?:missing required argument|required option|too many arguments)"
    r"|Missing required arguments?: |Not enough non-option arguments: )",
)
_READS_ARGUMENTS = re.compile(r"\bargv\b|\.parse(?:Async|Sync)?\(")
_NO_ID = 'TypeError [ERR_INVALID_ARG_TYPE]: The "id" argument must be of type string'
_LOADS = re.compile(r"(?<![\w$.])require\(\s*\[[^\]]*\]\s*,")
_RETURNS = re.compile(r"TS1108: ")
_FUNCTION = re.compile(r"\bfunction\b|=>")
_NO_URL = re.compile(r"TypeError: (?:Invalid URL(?: \(line|$)|Failed to parse URL from /)")
_PATH = re.compile(r"[(,:]\s{0,9}['\"`](/[a-z]\w{0,80})[\w/.?=&${}-]{0,200}['\"`]", re.IGNORECASE)
"""A path in a call: its server has another file system than the program."""
_WORD = re.compile(r"[^\W\d][\w$]*")
_TEST_NAMES = frozenset(
    ("expect", "describe", "it", "test", "beforeEach", "afterEach", "beforeAll", "afterAll", "jest")
)
_TYPE_ALONE = re.compile(r"\s*(\w+)<typeof [\w$.()]+>;?\s*")
_AS_VALUE = re.compile(r"TS2693: '(\w+)' only refers to a type|TS1109: Expression expected\.")


def typescript(code: str, result: CodeValidationResult) -> str | None:
    """Return what JavaScript is that has types where it was refused."""
    bare, said = bare_lines(code.rstrip(), "javascript"), cause(result.details)
    is_refused = _SYNTAX.match(said) and has_balanced_parentheses("\n".join(bare))
    is_one = is_refused and _TYPESCRIPT.match(code_line(bare, result.error_line))
    if said.startswith(_AT_END):
        is_one = _TYPE_ALONE.fullmatch(bare[-1])
    return "TypeScript, in a block for JavaScript" if is_one else None


def given_option(code: str, result: CodeValidationResult) -> str | None:
    """Return that code asks for arguments of a command line, and has been given none."""
    is_told = result.error_line is None and _USAGE.match(result.error or "") is not None
    is_asked = is_told and _READS_ARGUMENTS.search(bare_text(code, result.language)) is not None
    return "it needs arguments on its command line" if is_asked else None


def module_loader(code: str, result: CodeValidationResult) -> str | None:
    """Return that code calls the `require` of browsers, which takes a list and a function."""
    line = code_line(bare_lines(code, result.language), result.error_line)
    is_one = cause(result.details).startswith(_NO_ID) and _LOADS.search(line)
    return "it is for a module loader of browsers" if is_one else None


def typescript_body(code: str, result: CodeValidationResult) -> str | None:
    """Return what TypeScript is that returns, outside of any function."""
    errors = [message for _, message in compiler_errors(result)]
    bare = bare_text(code, "typescript")
    others = [NO_NAME.match(each) for each in errors if not _RETURNS.match(each)]
    if len(others) == len(errors) or None in others or _FUNCTION.search(bare):
        return None
    words = OWN_NAMES["typescript"].union(_WORD.findall(bare))
    names = {found[1] for found in others if found is not None}
    return None if has_misspelt(names, words) else "the body of a function"


def for_test_runner(code: str, result: CodeValidationResult) -> str | None:
    """Return that code calls what only a test runner gives."""
    name = None if result.missing is None else result.missing.name
    if name not in _TEST_NAMES:
        return None
    is_called = re.search(rf"(?<![\w$.]){name}\s*[.(]", bare_text(code, result.language))
    return None if is_called is None else f"{name} is a test runner's"


def relative_address(code: str, result: CodeValidationResult) -> str | None:
    """Return that code asks its page's own server, by an address that only has a path."""
    start = code[:READ_CHARACTERS]
    said = _NO_URL.match(cause(result.details))
    if result.outcome is not Outcome.RUNTIME_ERROR or said is None:
        return None
    is_own = result.error_line is not None and not said[0].endswith("/")
    found = _PATH.search(code_line(start.split("\n"), result.error_line) if is_own else start)
    return None if found is None else f"it asks its own server for {found[1]}"


def type_alone(code: str, result: CodeValidationResult) -> str | None:
    """Return that each error is of a line that only has a type, to show what it comes to."""
    lines = bare_lines(code, "typescript")
    errors = [*compiler_errors(result)]
    if not errors or not all(_AS_VALUE.match(message) for _, message in errors):
        return None
    is_one = all(_TYPE_ALONE.fullmatch(code_line(lines, line)) for line, _ in errors)
    return "a type that stands alone, to show what it comes to" if is_one else None
