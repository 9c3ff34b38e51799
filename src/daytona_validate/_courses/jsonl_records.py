"""Reads one record of a data set as a snippet, with configurable field names.

No record is ever lost: one that cannot be read becomes a snippet that says why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeGuard

from daytona_validate._courses.chat_answer import NoAnswer, chat_answer
from daytona_validate._courses.code_template import CodeTemplate, NotFilled
from daytona_validate._courses.fenced_answer import NoProgram, program_of
from daytona_validate._models import Location, Snippet

MESSAGES = "messages"
"""The field of a chat: its last answer is the code of a record that has no other."""
_NAMED_FIELDS = 8
"""How many field names of a record without code are listed, so that the right one is found."""
_REPORT = re.compile(rb'\{"type": ?"(?:result", ?"skill"|summary", ?"schema_version"): ?')
"""How a `jsonl` report begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFields:
    """Which field of a record holds what: a name, or a dotted path such as `answer.code`.

    A name that has dots of its own wins over the path; a number in a path is a place in a list.
    """

    code: str = "code"
    language: str = "language"
    id: str = "id"
    stdin: str = "stdin"
    expected_output: str = "expected_output"
    compare: str = "compare"
    files: str = "files"
    args: str = "args"
    timeout_s: str = "timeout_s"
    skill: str = "skill"
    must_reach_end: str = "must_reach_end"


class _Unreadable(Exception):
    """A record is no snippet; the message says what is wrong with it. Never leaves this module."""


def snippet_of_record(
    line: bytes,
    *,
    location: Location,
    record_fields: RecordFields,
    default_language: str | None = None,
    compare: str | None = None,
    fenced: str | None = None,
    template: CodeTemplate | None = None,
) -> Snippet | None:
    """Return the snippet of one line, unreadable if need be; None for a blank line.

    Args:
        line: One line of the file, with or without its end.
        location: The file and the number of the line.
        record_fields: Which field holds what.
        default_language: The language of records that carry none; None: they must carry one.
        compare: How the output is compared, where a record does not say it.
        fenced: Which fences of the code field are the program; None: the field itself is.
        template: Joins the code from several fields; None: the code field has it.
    """
    if not line.strip():
        return None
    try:
        record = _record(line)
    except _Unreadable as problem:
        return _unreadable({}, str(problem), location)
    return snippet_of_values(
        record,
        location=location,
        record_fields=record_fields,
        default_language=default_language,
        compare=compare,
        fenced=fenced,
        template=template,
    )


def snippet_of_values(
    record: object,
    *,
    location: Location,
    record_fields: RecordFields,
    default_language: str | None = None,
    compare: str | None = None,
    fenced: str | None = None,
    template: CodeTemplate | None = None,
) -> Snippet:
    """Return the snippet of one record; the arguments are those of `snippet_of_record`."""
    if not isinstance(record, dict):
        return _unreadable({}, "not a JSON object", location)
    values, problems = _values(record, record_fields)
    values = {"language": default_language, "compare": compare, **values}
    field = record_fields.code
    try:
        if "code" not in values and _is_chat(record):
            values["code"], field = chat_answer(record[MESSAGES]), MESSAGES
            fenced = fenced or "last"
        if fenced is not None and "code" in values:
            program = program_of(values["code"], which=fenced, language=values["language"])
            values |= {"code": program.code, "language": program.language}
        if template is not None and not problems:
            own = {field: values["code"]} if fenced is not None and "code" in values else {}
            values["code"] = _text(
                template.filled(lambda path: own.get(path, _found(record, path)))
            )
    except (NoAnswer, NoProgram) as problem:
        problems.append(f"field `{field}`: {problem}")
    except (NotFilled, _Unreadable) as problem:
        problems.append(f"the template: {problem}")
    if "code" not in values and not problems:
        problems.append(f"no code in a field `{record_fields.code}`; it has {_names(record)}")
    if values["language"] is None and not problems:
        problems.append(f"no field `{record_fields.language}`, and no default language")
    if problems:
        return _unreadable(values, "; ".join(problems), location)
    return Snippet(**values, location=location)


def is_report(line: bytes) -> bool:
    """Return whether a file that begins with this line is a `jsonl` report of an earlier run."""
    return _REPORT.match(line) is not None


def has_code(
    record: Mapping[str, object], record_fields: RecordFields, template: CodeTemplate | None = None
) -> bool:
    """Return whether a record has what its code is made from."""
    paths = (record_fields.code,) if template is None else template.fields
    is_whole = all(_found(record, path) is not None for path in paths)
    return is_whole or (template is None and _is_chat(record))


def _is_chat(record: Mapping[str, object]) -> TypeGuard[Mapping[str, list[object]]]:
    return isinstance(record.get(MESSAGES), list)


def unreadable_record(problem: str, location: Location) -> Snippet:
    """Return the snippet of a record that is no record at all."""
    return _unreadable({}, problem, location)


def _unreadable(values: Mapping[str, Any], problem: str, location: Location) -> Snippet:
    """Return an unreadable snippet that keeps the record's id, skill and language."""
    known = {name: values[name] for name in ("skill", "snippet_id") if name in values}
    language = values.get("language") or ""
    problem = f"the record cannot be read: {problem}"
    return Snippet(code="", language=language, location=location, unreadable=problem, **known)


def _record(line: bytes) -> object:
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise _Unreadable(f"not UTF-8 at byte {error.start + 1}") from error
    except json.JSONDecodeError as error:
        raise _Unreadable(f"not JSON: {error.msg} at column {error.colno}") from error
    except (ValueError, RecursionError) as error:  # an integer of thousands of digits; deep nesting
        raise _Unreadable("not JSON that can be read: a number or a nesting too large") from error


def _values(
    record: Mapping[str, object], record_fields: RecordFields
) -> tuple[dict[str, Any], list[str]]:
    """Return the values of a snippet's fields, and what is wrong with the others."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for each in fields(record_fields):
        path: str = getattr(record_fields, each.name)
        value = _found(record, path)
        if value is None:
            continue
        try:
            values["snippet_id" if each.name == "id" else each.name] = _READERS[each.name](value)
        except _Unreadable as problem:
            problems.append(f"field `{path}` {problem}")
    return values, problems


def _found(record: Mapping[str, object], path: str) -> object:
    if path in record:
        return record[path]
    node: object = record
    for part in path.split("."):
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and part.isdecimal():
            node = node[int(part)] if int(part) < len(node) else None
        else:
            return None
    return node


def _names(record: Mapping[str, object]) -> str:
    names = [f"`{name[:40]}`" if _is_plain(name) else ascii(name[:40]) for name in record]
    more = ["…"] if len(names) > _NAMED_FIELDS else []
    return ", ".join(names[:_NAMED_FIELDS] + more) or "none"


def _is_plain(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isprintable()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unreadable("must be text")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _Unreadable(f"has half a surrogate pair at {error.start}") from error
    return value


def _identity(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value)


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Unreadable("must be a list of texts")
    return tuple(_text(each) for each in value)


def _files(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _Unreadable("must map paths to texts")
    return {_text(path): _text(content) for path, content in value.items()}


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unreadable("must be true or false")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unreadable("must be a number of seconds")
    try:
        return float(value)
    except OverflowError as error:
        raise _Unreadable("must be a number of seconds") from error


_READERS: Mapping[str, Callable[[object], object]] = {
    "code": _text,
    "language": _text,
    "id": _identity,
    "stdin": _text,
    "expected_output": _text,
    "compare": _text,
    "files": _files,
    "args": _texts,
    "timeout_s": _seconds,
    "skill": _text,
    "must_reach_end": _yes_or_no,
}
