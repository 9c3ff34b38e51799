"""Recognizers of text that is no program in any language: output, a shell session, markup, a diff.

Each goes by a form that no slip of the pen gives to code. They are asked only about text that its
language refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from daytona_validate._core.fragments.code_text import bare_text, said_lines

_SHELL = re.compile(
    r"\$ \S|(?:sudo |!)?(?:pip3? (?:install|list|show|freeze)|python3? (?:-m |\S+\.py)"
    r"|npm (?:install|i|run|init|start|test|create)\b|npx \w|yarn (?:add|install|dev)|pnpm \w"
    r"|go (?:get|run|build|test|mod|install|version|env|vet|fmt)\b(?! *\()|javac \w|java -\w"
    r"|cd [\w./~-]+$|mkdir \S|git (?:clone|init|add|commit|checkout|push|pull|status)\b"
    r"|docker(?:-compose)? \w+ |curl -?\w|apt(?:-get)? install|brew install|conda \w+ |node \S+\.js"
    r"|psql -|mysql -|sqlite3 \w|cargo \w+$|uv (?:add|pip|run|sync)\b|poetry \w+)"
)
_TREE = re.compile(r"(?:[│|]\s*)*[├└][─-]")
_TREE_LINE = re.compile(rf"{_TREE.pattern}|[│|]|[\w./-]+(?:\s|$)")
_RULE = re.compile(r"\+[-=+]{3,}\+$|[-─]{2,}(?:\+[-─]{2,})+$|[┌├└][─┬┼┴]+[┐┤┘]$")
_TABLE_LINE = re.compile(rf"{_RULE.pattern}|[^|│]{{0,400}}[|│]|\(\d+ rows?\)$")
_ERROR = re.compile(
    r"Traceback \(most recent call last\):|File \"[^\"]{1,200}\", line \d+"
    r"|Exception in thread \"|panic: |goroutine \d+ \["
    r"|(?:\./)?[\w./-]+\.(?:go|java|ts|tsx|js|py):\d+(?::\d+)?: |[\w./-]+\(\d+,\d+\): error TS\d+"
    r"|error TS\d+: |ERROR:  |--- FAIL: |=== RUN |ok {2,}\t?\w|(?:[A-Z]\w*)?(?:Error|Exception): \S"
)
_LAST_ERROR = re.compile(r"(?:\w{1,80}\.){0,9}[A-Z]\w{0,80}(?:Error|Exception|Warning): \S")
_HTTP = re.compile(
    r"(?:GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS) [/h]\S*(?: HTTP/[\d.]+)?$"
    r"|HTTP/[\d.]+ \d"
)
_MARKUP = re.compile(r"<(?:[a-zA-Z][\w.-]*(?:[\s/>]|$)|!--|!DOCTYPE|\?xml|>)", re.IGNORECASE)
_BYTECODE = re.compile(
    r"(?:\d+: )?(?:[aildf]?(?:load|store)(?:_\d)?"
    r"|invoke(?:static|virtual|special|interface|dynamic)|[gp]et(?:static|field)|put(?:static|field)|[bs]ipush|iconst_\w+|aconst_null|ldc|dup|pop"
    r"|linenumber|checkcast|[aild]?return|new|goto|if_?\w+)\b(?:\s|$)"
    r"|(?:>> )?(?:\d+ +)?(?:>> )?\d+ (?:[A-Z]+_[A-Z_]+|RESUME|CALL|NOP)\b"
    r"|(?:0x[0-9a-f]+ )?(?:MOV[QLB]|LEAQ|ADDQ|SUBQ|CMPQ|TEXT|PCDATA|FUNCDATA)\b",
    re.IGNORECASE,
)
_SURELY_BYTECODE = re.compile(
    r"invoke(?:static|virtual|special)|load_(?:name|fast|const|global)|MOVQ", re.IGNORECASE
)
_GRAMMAR = re.compile(r"<?[\w-]+>?\s*::=")
_GRAMMAR_LINE = re.compile(rf"{_GRAMMAR.pattern}|\|")
_OPTIONAL = re.compile(
    r"\s*(?:(?:async )?(?:def|class) )?[\w.]+\([^()\[\]]*\[, ?[^\W\d]"
    r"(?:[^()\[\]]|\[, ?[^\W\d]|\](?!\)))*\]\)(?: *->[^()]{0,200})?:?\s*$"
)
_REPL = re.compile(r"(?:jshell|mysql|sqlite|SQL|\w+=[#>]|>>>|In \[\d+\])[>:]? ")
_SUM = re.compile(r"-?[\d.]+(?: [-+*/×÷^%] -?[\d.]+){1,9} = -?[\d.]+")  # noqa: RUF001 - as people write
_DIFF_LINE = re.compile(r"[-+@]|diff |index ")
_DIFF = re.compile(r"@@ -\d|diff --git |(?:---|\+\+\+) [ab]/")
_PROSE = re.compile(
    r"[A-Z][\w'’-]*[,;:]?(?: [\w'’%-]+[,;:]?){2,}[.!?:…]?$"  # noqa: RUF001 - as printers set it
    r"|[A-Z](?=\S* )[^(){}\[\]=;<>\"`]*[.!?…]$"
)
_CODE_WORD = re.compile(
    r"\b(?:import|def|func|package|public|private|static|void|const|let|var|print|lambda|elif|select"
    r"|insert|create|update|delete|alter|drop|return|console|System|fmt)\b",
    re.IGNORECASE,
)
_SQL_WORD = re.compile(r"\b(?:from|where|into|values|set|table|join|group|order)\b", re.IGNORECASE)


def other_text(code: str, language: str) -> str | None:
    """Return what text is that is no program; None if it may be one.

    Args:
        code: The text.
        language: That refused it, which tells what its strings and comments are.
    """
    said = said_lines(code)
    if not said:
        return None
    bare = said_lines(bare_text(code, language))
    for is_mostly, reason in _MIXED:
        if is_mostly(said) and (is_mostly(bare) or language == "sql"):  # -- begins a rule, too
            return reason
    return next((reason for is_such, reason in _KINDS if is_such(said, code)), None)


def _is_shell(said: Sequence[str], _code: str) -> bool:
    first = next((line for line in said if not line.startswith("#")), "")
    return _SHELL.match(first) is not None


def _first(pattern: re.Pattern[str]) -> Callable[[Sequence[str], str], bool]:
    return lambda said, _code: pattern.match(said[0]) is not None


def _mostly(sign: re.Pattern[str], line: re.Pattern[str]) -> Callable[[Sequence[str]], bool]:
    """Ask whether lines have a sign, and half of them are such as go with it."""

    def is_mostly(said: Sequence[str]) -> bool:
        alike = sum(line.match(each) is not None for each in said)
        return 2 * alike >= len(said) and any(sign.match(each) for each in said)

    return is_mostly


def _is_last_error(said: Sequence[str], _code: str) -> bool:
    return len(said) > 1 and _LAST_ERROR.match(said[-1]) is not None


def _is_bytecode(said: Sequence[str], _code: str) -> bool:
    lines = sum(_BYTECODE.match(line) is not None for line in said)
    is_sure = any(_SURELY_BYTECODE.search(line) for line in said)
    return is_sure and lines >= 2 and 2 * lines >= len(said)  # noqa: PLR2004 - half of the lines


def _is_diff(_said: Sequence[str], code: str) -> bool:
    lines = [line for line in code.split("\n") if line.strip()]
    begins = [line[0] for line in lines]
    is_marked = all(each in "+- \t" for each in begins)
    return is_marked and "+" in begins and "-" in begins


def _is_json(said: Sequence[str], code: str) -> bool:
    if said[0][0] not in "{[" or said[-1][-1] not in "}]":
        return False
    try:
        return bool(json.loads(code))
    except (ValueError, RecursionError):
        return False


def _is_prose(said: Sequence[str], code: str) -> bool:
    is_said = all(_PROSE.match(line) for line in said)
    return is_said and not _CODE_WORD.search(code) and not _SQL_WORD.search(code)


_KINDS: tuple[tuple[Callable[[Sequence[str], str], bool], str], ...] = (
    (_is_shell, "commands for a shell"),
    (_is_last_error, "an error message, after other output"),
    (_first(_ERROR), "an error message, as programs and compilers print it"),
    (_first(_HTTP), "an HTTP message"),
    (_first(_MARKUP), "markup, such as HTML or JSX"),
    (_is_bytecode, "bytecode"),
    (_first(_REPL), "a session of an interactive shell"),
    (_is_diff, "a diff"),
    (_is_json, "JSON"),
    (_is_prose, "text, as programs print it"),
)
"""What tells a kind of text, and its name; the first counts."""
_MIXED = (
    (_mostly(_TREE, _TREE_LINE), "a tree of files"),
    (_mostly(_RULE, _TABLE_LINE), "a table, as programs print it"),
    (_mostly(_GRAMMAR, _GRAMMAR_LINE), "a grammar"),
    (_mostly(_DIFF, _DIFF_LINE), "a diff"),
    (_mostly(_SUM, _SUM), "a calculation"),
)
"""Kinds that code may have in a string or a comment: what tells them, and their names."""


def is_synopsis(line: str) -> bool:
    """Return whether a line is a signature with optional arguments, as manuals write them."""
    return _OPTIONAL.match(line) is not None
