"""Code for a later Python than the one that ran: the names and the syntax that it brought.

A table of what is allowed: a name that stands in none of its rows is a mistake in any version, and
code counts as that of a later syntax only if all the rest of it can be read.
"""

from __future__ import annotations

import re
from itertools import chain, zip_longest

from daytona_validate._core.details import cause, failure_details
from daytona_validate._core.python_tree import python_tree
from daytona_validate._core.results import rejudged
from daytona_validate._models import CodeValidationResult, Outcome

_NAMES = {
    (3, 10): """
        itertools.pairwise typing.TypeGuard typing.ParamSpec typing.Concatenate
    """,
    (3, 11): """
        asyncio.TaskGroup asyncio.Runner asyncio.timeout asyncio.Barrier datetime.UTC enum.StrEnum
        typing.Self typing.Never typing.assert_never typing.assert_type typing.reveal_type
        typing.LiteralString typing.Required typing.NotRequired typing.Unpack typing.TypeVarTuple
        typing.dataclass_transform contextlib.chdir hashlib.file_digest
    """,
    (3, 12): """
        itertools.batched typing.override typing.TypeAliasType math.sumprod collections.abc.Buffer
        calendar.Month calendar.Day types.get_original_bases asyncio.eager_task_factory
        inspect.markcoroutinefunction sys.monitoring
    """,
    (3, 13): """
        copy.replace typing.ReadOnly typing.TypeIs typing.NoDefault typing.get_protocol_members
        typing.is_protocol warnings.deprecated math.fma queue.ShutDown asyncio.QueueShutDown
        os.process_cpu_count re.PatternError
    """,
    (3, 14): """
        functools.Placeholder uuid.uuid6 uuid.uuid7 uuid.uuid8 typing.evaluate_forward_ref
        heapq.heappush_max heapq.heappop_max heapq.heapify_max
        concurrent.futures.InterpreterPoolExecutor operator.is_none operator.is_not_none
    """,
}
_SINCE = {name: since for since, names in _NAMES.items() for name in names.split()}
_NO_NAME = re.compile(
    r"AttributeError: module '([\w.]{1,80})' has no attribute '(\w{1,80})'"
    r"|ImportError: cannot import name '(\w{1,80})' from '([\w.]{1,80})'"
)
_TYPE = re.compile(
    r"^([ \t]*)type[ \t]+(\w+)[ \t]*(?:\[[^\[\]\n]{0,200}\])?[ \t]*=(?!=)", re.MULTILINE
)
_PARAMETERS = re.compile(
    r"^([ \t]*(?:async[ \t]+)?(?:class|def)[ \t]+\w+)\[[^\[\]\n]{1,200}\]", re.MULTILINE
)
_SINCE_TYPES = (3, 12)
_OF_F_STRING = "SyntaxError: f-string: "
_QUOTES_INSIDE = re.compile(r"\{[^{}\n]{0,300}\}")
_VERSION = re.compile(r"python (\d{1,3})\.(\d{1,3})")
_MOST_CHARACTERS = 100_000


def for_newer_python(code: str, result: CodeValidationResult) -> CodeValidationResult:
    """Return a block's result; what its sandbox lacked is a later Python, if it is for one.

    Args:
        code: The block, as it runs.
        result: Of the block, which failed.
    """
    ran = _VERSION.match(result.runtime or "")
    if result.language != "python" or ran is None:
        return result
    said = cause(result.details)
    since = _since_name(said) or _since_syntax(code, said, result.error_line)
    if since is None or since <= (int(ran[1]), int(ran[2])):
        return result
    advice = f"; it is for Python {since[0]}.{since[1]}, and {result.runtime} ran"
    return rejudged(result, Outcome.MISSING_DEPENDENCY, failure_details(said, advice))


def _since_name(said: str) -> tuple[int, int] | None:
    """Return the version that brought the name which an error lacks."""
    found = _NO_NAME.match(said)
    if found is None:
        return None
    module, name = (found[1], found[2]) if found[1] else (found[4], found[3])
    return _SINCE.get(f"{module}.{name}")


def _since_syntax(code: str, said: str, line: int | None) -> tuple[int, int] | None:
    """Return the version of a line's syntax, if the older one can read all but that."""
    if line is None or not said.startswith("SyntaxError: ") or len(code) > _MOST_CHARACTERS:
        return None
    if said.startswith(_OF_F_STRING):
        return _SINCE_TYPES if _has_same_quotes(code, line) else None
    older = _PARAMETERS.sub(r"\1", _TYPE.sub(r"\1\2 =", code))
    lines, before = older.split("\n"), code.split("\n")
    is_there = line <= len(lines) and lines[line - 1] != before[line - 1]
    return _SINCE_TYPES if is_there and python_tree(older) is not None else None


def _has_same_quotes(code: str, line: int) -> bool:
    """Return whether code can be read once an f-string has other quotes inside than outside."""
    lines = code.split("\n")
    if not 0 < line <= len(lines):
        return False
    for quote, other in (('"', "'"), ("'", '"')):
        parts = _QUOTES_INSIDE.split(lines[line - 1])
        inside = [each.replace(quote, other) for each in _QUOTES_INSIDE.findall(lines[line - 1])]
        swapped = "".join(chain.from_iterable(zip_longest(parts, inside, fillvalue="")))
        changed = [*lines[: line - 1], swapped, *lines[line:]]
        if swapped != lines[line - 1] and python_tree("\n".join(changed)) is not None:
            return True
    return False
