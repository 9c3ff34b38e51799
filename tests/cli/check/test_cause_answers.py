"""What the summary advises can be done: its options, commands and marks are there."""

from __future__ import annotations

import re

import click
import pytest

from daytona_validate._cli.check import check
from daytona_validate._cli.program import program
from daytona_validate._core.cause_kinds import BY_ORIGIN, CAUSE_KINDS
from daytona_validate._courses.info_string import parse_info
from daytona_validate._courses.marks import NO_MARKS
from daytona_validate._courses.read_marks import marks_of

KINDS = {each.kind: each for each in (*CAUSE_KINDS, *BY_ORIGIN.values())}
ADVISED = sorted({word for each in KINDS.values() for word in re.findall("`(.*?)`", each.answer)})


@pytest.mark.parametrize("advised", ADVISED)
def test_what_is_advised_is_there(advised: str) -> None:
    name, _, value = advised.partition(" ")
    if name == "daytona-validate":
        assert program.get_command(click.Context(program), value) is not None
    elif name.startswith("--"):
        (option,) = [each for each in check.params if name in each.opts]
        assert not value or value.isupper() or value == option.metavar or _accepts(option, value)
    else:
        written = f"{advised}5" if advised.endswith("=") else advised
        marks = marks_of(parse_info(f"python {written}"))
        assert (marks.skip, marks.check_only, marks.should_fail, marks.timeout_s) != (
            NO_MARKS.skip, NO_MARKS.check_only, NO_MARKS.should_fail, NO_MARKS.timeout_s,
        )  # fmt: skip


def _accepts(option: click.Parameter, value: str) -> bool:
    return isinstance(option.type, click.Choice) and value in option.type.choices
