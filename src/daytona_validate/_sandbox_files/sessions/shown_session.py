"""Run a session as a page shows it, and write the transcript of what really happened.

It stands beside `main.py` in sandboxes and imports two other files of ours. The transcript is the
session itself, line by line, wherever what is shown agrees with what happened, and what happened
where it does not: whoever compares the two finds the first line that is wrong. What happened where
it agrees in other words is told on stderr, in one line at the end. An error that the session does
not show ends the run, as it would end a program.
"""

from __future__ import annotations
import __future__

import codeop
import linecache
import os
import re
import sys
import time
import traceback
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from shown_agreement import FORGIVING, agrees, checker, is_changing, plain
from shown_streams import Captured, Others, flush

PROMPT = re.compile(r"([ \t]*)(?:>>>(?: |$)|In ?\[[\d ]*\]: ?)(.*)")
MORE = re.compile(r"[ \t]*(?:\.\.\.(?: |$)|\.{3,}: ?)(.*)")
SHOWN_VALUE = re.compile(r"[ \t]*Out ?\[\d+\]: ?")
ERROR = re.compile(r"([A-Za-z_][\w.]*)[ \t]*(?::(.*)|$)")
COMMENT = re.compile(r"[ \t]+# [^'\"\n]*$|^[ \t]*#.*\n?", re.MULTILINE)
WORD = re.compile(r"\w+")
QUOTED = re.compile(r"'(\w+)'")
VALUES = (
    re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])"),
    re.compile(r"(?<!\w)'[^'\n]*[^\w'\n][^'\n]*'(?!\w)"),
)
"""Of a message: numbers, and texts of more than a word."""
URL = re.compile(r"https?://\S+")
SUGGESTION = re.compile(r"\.? Did you mean:? '[^'\n]*'\?$")
SLIPS = (NameError, AttributeError, ImportError, TypeError)
"""What a misspelt name, or one argument too many, leads to."""
MANY_WORDS = 8
GROUP = re.compile(r"[ \t]*\+ Exception Group Traceback ")
OF_GROUP = re.compile(r"[ \t]*\|[ \t]+(?=[A-Za-z_][\w.]*:)")
SKIP = re.compile(r"#\s*doctest:.*\+SKIP")
FUTURE = {getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}


@dataclass
class Example:
    """One input of a session, with the lines that are shown after it."""

    line: int
    indent: str
    is_prompted: bool
    source: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    """The lines of the source as the page has them."""
    code: CodeType | None = None
    error: BaseException | None = None

    @property
    def is_blank(self) -> bool:
        return all(not line.strip() or line.lstrip().startswith("#") for line in self.source)


def examples(text: str) -> list[Example]:
    """Part a session into its inputs; code before the first prompt is one, too."""
    found: list[Example] = []
    for number, line in enumerate(text.split("\n"), 1):
        prompt = PROMPT.match(line)
        last = found[-1] if found else None
        if prompt:
            found.append(Example(number, prompt[1], True, [prompt[2]], raw=[line]))
        elif last is None:
            found.append(Example(number, "", False, [line], raw=[line]))
        elif not last.is_prompted:
            last.source.append(line)
            last.raw.append(line)
        elif (more := MORE.match(line)) and not last.shown:
            last.source.append(more[1])
            last.raw.append(line)
        else:
            last.shown.append(line)
    for each in found:
        complete(each)
    return found


def complete(example: Example) -> None:
    """Take lines without a prompt for more of the input, as long as that is not complete."""
    while example.is_prompted and example.shown and example.shown[0].strip():
        try:
            code = codeop.compile_command("\n".join([*example.source, ""]), symbol="single")
        except (SyntaxError, ValueError, OverflowError):
            return
        if code is not None:
            return
        line = example.shown.pop(0)
        example.raw.append(line)
        example.source.append(line.removeprefix(example.indent))


def run(names: dict[str, Any], path: str) -> None:
    """Run the session of a file in the names of the program that asks for it.

    Args:
        names: Of `main.py`.
        path: Of the session.
    """
    with open(path, encoding="utf-8", newline="\n") as file:
        text = file.read()
    os.unlink(path)
    program = sys._getframe(1).f_code.co_filename
    parts = examples(text)
    lines = [""] * (text.count("\n") + 1)
    for each in parts:
        lines[each.line - 1 : each.line - 1 + len(each.source)] = each.source
    linecache.cache[program] = (len(text), None, [f"{line}\n" for line in lines], program)
    compile_all(parts, program)
    captured, kept, others = Captured(), dict(names), Others()
    for each in parts:
        with captured:
            execute(each, names, kept)
        got = captured.text()
        if each.error is not None and not raises_as_shown(each.error, each):
            captured.say("\n".join([*each.raw, got]))
            tell(each.error)
        lines = seen(each, got, names)
        if lines is each.shown and got.strip() and is_compared(each):
            others.add(each.line - 1 + len(each.raw), lines, happened(each, got))
        captured.say("\n".join([*each.raw, *lines]) + "\n")
    others.tell()


def compile_all(parts: list[Example], program: str) -> None:
    """Compile all inputs before any runs; what cannot be, and is not shown so, ends the run."""
    flags = 0
    for each in parts:
        source = "\n".join(each.source)
        if each.is_blank or SKIP.search(source):
            continue
        padded = "\n" * (each.line - 1) + source + "\n"
        how = "single" if each.is_prompted else "exec"
        try:
            each.code = compile(padded, program, how, flags, dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
            each.error = error.with_traceback(None)
            if not raises_as_shown(error, each):
                tell(each.error)
            continue
        for flag in FUTURE:
            flags |= each.code.co_flags & flag


def execute(example: Example, names: dict[str, Any], kept: dict[str, Any]) -> None:
    """Run one input; after one that leaves the interpreter, a new one is begun."""
    try:
        if example.code is not None:
            exec(example.code, names)
    except SystemExit as ended:
        if ended.code not in (None, 0):
            raise
        names.clear()
        names.update(kept)
    except BaseException as error:
        example.error = error


def tell(error: BaseException) -> None:
    """Write an error as the interpreter would, without frames of ours; and end as it would."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    flush()
    traceback.print_exception(type(error), error, trace)
    sys.stderr.flush()
    os._exit(1)


def raises_as_shown(error: BaseException, example: Example) -> bool:
    """Whether the lines shown end in this error: its type, and its message unless left out."""
    shown = shown_error(example)
    if shown is None:
        return False
    name, message = shown
    if name.rpartition(".")[2] != type(error).__name__:
        return False
    got = "".join(traceback.format_exception_only(type(error), error)).strip().split("\n")[-1]
    _, _, got_message = got.partition(":")
    if isinstance(error, SyntaxError) or not message.strip(" .()"):
        return True
    return says_the_same(message, got_message, is_slip=isinstance(error, SLIPS))


def says_the_same(shown: str, got: str, *, is_slip: bool) -> bool:
    """Whether a message is the one shown, or that of another version: it has most of its words.

    It has the values of the one shown: its numbers, and texts in quotes. Of an error that a slip of
    the pen leads to, it has all that is quoted, too.
    """
    shown, got = (SUGGESTION.sub("", plain(each.strip())) for each in (shown, got))
    if got.startswith(shown) or checker.check_output(f"{shown}\n", f"{got}\n", FORGIVING):
        return True
    shown, got = (URL.sub("", each) for each in (shown, got))
    if not all(set(each.findall(shown)) <= set(each.findall(got)) for each in VALUES):
        return False
    words, quoted = set(WORD.findall(shown)), set(QUOTED.findall(shown))
    there = set(WORD.findall(got))
    is_like = 2 * len(words & there) >= len(words) > 1
    if not is_slip and 3 * len(words & there) >= 2 * len(words) and len(words) >= MANY_WORDS:
        return True
    return quoted <= there and is_like


def shown_error(example: Example) -> tuple[str, str] | None:
    """Return the name and the message of an error that the lines shown end in, if they do."""
    block: list[str] = []
    for line in example.shown:
        if not line.strip() and block:
            break
        block.append(line.removeprefix(example.indent))
    if block and GROUP.match(block[0]):
        block = [OF_GROUP.sub("", line) for line in block if OF_GROUP.match(line)][:1]
    for line in reversed(block):
        found = ERROR.match(COMMENT.sub("", line))
        if found and not line[0].isspace():
            return found[1], found[2] or ""
    return None


def seen(example: Example, got: str, names: dict[str, Any]) -> list[str]:
    """Return the lines to put for those shown: themselves, if they are what happened."""
    if not is_compared(example):
        return example.shown
    changes, now_s = is_changing("\n".join(example.source), names), time.time()
    shown = [SHOWN_VALUE.sub("", line.removeprefix(example.indent)) for line in example.shown]
    blank = next((number for number, line in enumerate(shown) if number and not line.strip()), None)
    for end in (None, blank):
        want = "\n".join(shown[:end]).rstrip("\n") + "\n"
        if any(agrees(each, got, changes, now_s) for each in (want, COMMENT.sub("", want))):
            return example.shown
    return happened(example, got)


def is_compared(example: Example) -> bool:
    """Whether there is something to compare."""
    has_run = example.error is None and example.code is not None
    return has_run and bool("".join(example.shown).strip())


def happened(example: Example, got: str) -> list[str]:
    """Return the lines that an example would show if it showed what happened."""
    lines = enumerate(example.shown)
    blank = next((number for number, line in lines if number and not line.strip()), None)
    rest = [] if blank is None else example.shown[blank:]
    value = SHOWN_VALUE.match(example.shown[0])
    first = value[0] if value else example.indent
    told = got.removesuffix("\n").replace("\n", f"\n{example.indent}").split("\n")
    return [first + told[0], *told[1:], *rest]
