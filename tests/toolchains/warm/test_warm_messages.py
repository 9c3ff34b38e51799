"""Messages between us and a warm tool: what is no answer is never taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._toolchains.warm.messages import (
    MOST_BYTES,
    NUMBER,
    Answer,
    NotUnderstood,
    answer,
    answered,
    framed,
    request,
    whole_message,
)

FILES = st.dictionaries(st.text(st.characters(codec="utf-8")), st.binary(max_size=64), max_size=4)
ANSWERS = st.builds(Answer, st.booleans(), st.integers(min_value=0, max_value=2**32 - 1), FILES)
ONE = answered(Answer(is_clean=True, memory_mib=7, files={"a": b"b"}))[NUMBER.size :]


@given(ANSWERS)
def test_an_answer_comes_out_as_it_was_said(said: Answer) -> None:
    whole = whole_message(answered(said))
    assert whole is not None
    assert answer(whole) == said


@given(ANSWERS, st.data())
def test_a_part_of_a_message_is_no_message(said: Answer, data: st.DataObject) -> None:
    message = answered(said)
    cut = data.draw(st.integers(min_value=0, max_value=len(message) - 1))
    assert whole_message(message[:cut]) is None


@given(st.binary(max_size=64))
def test_any_other_bytes_are_an_answer_written_so_or_none(message: bytes) -> None:
    try:
        found = answer(message)
    except NotUnderstood:
        return
    assert answered(found) == framed(message)


@pytest.mark.parametrize("cut", range(len(ONE)))
def test_an_answer_cut_short_is_none(cut: int) -> None:
    with pytest.raises(NotUnderstood):
        answer(ONE[:cut])


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(ONE + b"\0", id="more follows"),
        pytest.param(NUMBER.pack(2) + ONE[4:], id="another verdict"),
        pytest.param(NUMBER.pack(1) * 2 + NUMBER.pack(2**32 - 1), id="files without end"),
        pytest.param(
            NUMBER.pack(1) * 2 + NUMBER.pack(2) + 2 * (NUMBER.pack(1) + b"a" + NUMBER.pack(0)),
            id="a name twice",
        ),
        pytest.param(NUMBER.pack(1) * 3 + NUMBER.pack(1) + b"\xff" + NUMBER.pack(0), id="no UTF-8"),
    ],
)
def test_what_is_not_as_it_must_be_is_no_answer(message: bytes) -> None:
    with pytest.raises(NotUnderstood):
        answer(message)


@pytest.mark.parametrize(
    "received", [NUMBER.pack(MOST_BYTES + 1), framed(b"one") + b"t"], ids=["too long", "unasked"]
)
def test_bytes_that_nobody_asked_for_are_refused(received: bytes) -> None:
    with pytest.raises(NotUnderstood):
        whole_message(received)


def test_a_request_has_its_length_its_arguments_and_its_files() -> None:
    assert request("512", {"a.ts": b"xy"}) == (
        NUMBER.pack(25)
        + NUMBER.pack(3)
        + b"512"
        + NUMBER.pack(1)
        + NUMBER.pack(4)
        + b"a.ts"
        + NUMBER.pack(2)
        + b"xy"
    )
