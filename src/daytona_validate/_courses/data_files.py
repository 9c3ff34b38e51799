"""Data sets that are whole files: JSON arrays and CSV, one record after the other.

A folder has many a `.json` and `.csv` that holds no programs: one is data only if its first record
has the code.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SPACE = re.compile(r"[ \t\n\r]*")
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*\"data\"\s*:\s*)?\[\s*\{")
_DECODER = json.JSONDecoder()
_AS_JSON = frozenset({"args", "files", "must_reach_end", "timeout_s"})
"""Columns whose cells are no texts, but JSON."""

Record = Mapping[str, object]


class BrokenData(Exception):
    """A file, or its rest, cannot be read as data; the message says why.

    Args:
        problem: The message.
        is_data: Whether it surely was to be data: records of it were read, or it looks so.
    """

    def __init__(self, problem: str, *, is_data: bool) -> None:
        super().__init__(problem)
        self.is_data = is_data


@dataclass(frozen=True, slots=True)
class DataRecord:
    """Record with its place in the file."""

    values: object
    """None: it cannot be read at all."""
    line: int
    """1-based first line."""
    end_line: int
    problem: str = ""
    """Why it cannot be read."""


def json_records(
    stream: BinaryIO, *, is_code: Callable[[Record], bool], max_bytes: int
) -> Iterator[DataRecord]:
    """Yield the records of a JSON array, or of the array that is `data` in an object.

    Args:
        stream: The file.
        is_code: Whether a record has code.
        max_bytes: Of the whole file.

    Raises:
        BrokenData: It holds no records with code, is too large, or ends in what is no JSON.
    """
    content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        problem = f"the file is larger than {max_bytes} bytes: as JSON Lines it may have any size"
        raise BrokenData(problem, is_data=_BEGINS.match(content) is not None)
    has_begun = False
    try:
        for record in _items(content.decode("utf-8-sig")):
            values = record.values
            if not has_begun and not (isinstance(values, dict) and is_code(values)):
                raise BrokenData("its first record has no code", is_data=False)
            has_begun = True
            yield record
    except (ValueError, RecursionError) as error:  # also what is not UTF-8
        raise BrokenData(f"the file is no JSON: {error}", is_data=has_begun) from error
    if not has_begun:
        raise BrokenData("the file holds no records", is_data=False)


def _items(text: str) -> Iterator[DataRecord]:
    """Yield the items of an array as they are parsed, so that each has its line."""
    position, line, counted = _array(text), 1, 0
    while text[position : position + 1] in ("[", ","):
        begin = _after_space(text, position + 1)
        if text[begin : begin + 1] == "]" and text[position] == "[":
            return
        values, end = _DECODER.raw_decode(text, begin)
        line += text.count("\n", counted, begin)
        end_line = line + text.count("\n", begin, end)
        yield DataRecord(values, line, end_line)
        line, counted = end_line, end
        position = _after_space(text, end)
    if text[position : position + 1] != "]":
        raise ValueError(f"neither , nor ] after the record that ends in line {line}")


def _array(text: str) -> int:
    """Return where the array begins."""
    position = _after_space(text, 0)
    while text[position : position + 1] in ("{", ","):
        key, position = _DECODER.raw_decode(text, _after_space(text, position + 1))
        position = _after_space(text, position)
        if text[position : position + 1] != ":":
            break
        position = _after_space(text, position + 1)
        if key == "data":
            break
        _, position = _DECODER.raw_decode(text, position)
        position = _after_space(text, position)
    if text[position : position + 1] != "[":
        raise BrokenData("the file is no array of records", is_data=False)
    return position


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return position if match is None else match.end()


def csv_records(
    stream: BinaryIO, *, is_code: Callable[[Record], bool], max_bytes: int
) -> Iterator[DataRecord]:
    """Yield the records of a CSV file whose first row names the fields; an empty cell is none.

    Args:
        stream: The file, which is read row by row.
        is_code: Whether a record with such fields has code.
        max_bytes: Of one row.

    Raises:
        BrokenData: It has no field with code, or cannot be read further.
    """
    lines = _Lines(stream, max_bytes)
    csv.field_size_limit(max_bytes)  # the module's own is 128 KiB, and the same for all readers
    has_begun = False
    try:
        rows = csv.reader(lines, strict=True)
        names = next(rows, [])
        if not is_code(dict.fromkeys(names, "")):
            raise BrokenData("its first row names no field with code", is_data=False)
        has_begun = True
        lines.next_row()
        begin = rows.line_num + 1
        for row in rows:
            lines.next_row()
            if row:
                yield _record(names, row, begin, rows.line_num)
            begin = rows.line_num + 1
    except (csv.Error, UnicodeDecodeError) as error:
        problem = f"the file is no CSV from line {lines.number} on: {error}"
        raise BrokenData(problem, is_data=has_begun) from error


def _record(names: list[str], row: list[str], line: int, end_line: int) -> DataRecord:
    if len(row) != len(names):
        problem = f"it has {len(row)} cells, the first row has {len(names)}"
        return DataRecord(None, line, end_line, problem)
    cells = zip(names, row, strict=True)
    values = {name: _cell(name, cell) for name, cell in cells if cell}
    return DataRecord(values, line, end_line)


def _cell(name: str, cell: str) -> object:
    if name not in _AS_JSON:
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):  # a text in its place is what the record is told for
        return cell


class _Lines:
    """Lines of a file as texts, of which one row may take so many bytes."""

    def __init__(self, stream: BinaryIO, max_bytes: int) -> None:
        self._stream = stream
        self._max_bytes = max_bytes
        self._row_bytes = 0
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._max_bytes + 1)
        if not line:
            raise StopIteration
        self._row_bytes += len(line)
        self.number += 1
        if self._row_bytes > self._max_bytes:
            raise csv.Error(f"the row is larger than {self._max_bytes} bytes")
        return (line.removeprefix(_BYTE_ORDER_MARK) if self.number == 1 else line).decode()

    def next_row(self) -> None:
        """Begin to count anew."""
        self._row_bytes = 0
