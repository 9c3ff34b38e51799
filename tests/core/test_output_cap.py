"""Head and tail of a stream, against the whole of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.output_cap import HeadTail, kept_text
from growth import assert_linear


def fed(limit_bytes: int, *chunks: bytes) -> HeadTail:
    stream = HeadTail(limit_bytes)
    for chunk in chunks:
        stream.feed(chunk)
    return stream


@given(st.integers(0, 40), st.lists(st.binary(max_size=20), max_size=12))
def test_head_and_tail_are_those_of_the_whole(limit_bytes: int, chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    stream = fed(limit_bytes, *chunks)
    kept = stream.value()
    head_bytes = limit_bytes // 2

    assert stream.total_bytes == len(whole)
    assert stream.lost_bytes == max(0, len(whole) - limit_bytes)
    assert len(kept) == min(len(whole), limit_bytes)
    if stream.lost_bytes == 0:
        assert kept == whole
    else:
        assert whole.startswith(kept[:head_bytes])
        assert whole.endswith(kept[head_bytes:])


@given(st.integers(0, 40), st.lists(st.binary(max_size=20), max_size=12))
def test_how_a_stream_was_cut_into_chunks_makes_no_difference(
    limit_bytes: int, chunks: list[bytes]
) -> None:
    assert fed(limit_bytes, *chunks).value() == fed(limit_bytes, b"".join(chunks)).value()


@given(st.text(max_size=60), st.integers(0, 40))
def test_the_cut_makes_no_replacement_character(text: str, limit_bytes: int) -> None:
    data = text.encode(errors="replace")
    stream = fed(limit_bytes, data)
    shown = stream.text()
    if stream.lost_bytes == 0:
        assert shown == data.decode()
        return
    head, said, tail = shown.partition("\n… ")
    number, _, tail = tail.partition(" bytes left out …\n")
    assert data.decode().startswith(head)
    assert data.decode().endswith(tail)
    assert said
    assert int(number) == len(data) - len(head.encode()) - len(tail.encode())
    assert int(number) >= stream.lost_bytes


@pytest.mark.parametrize(
    ("kept", "lost_bytes", "text"),
    [
        (b"ab", 0, "ab"),
        (b"a\xffb", 0, "a\ufffdb"),
        (b"aabb", 5, "aa\n… 5 bytes left out …\nbb"),
        (b"aabbb", 5, "aa\n… 5 bytes left out …\nbbb"),
        (b"a\xe2\x82bb", 1, "a\n… 3 bytes left out …\nbb"),
        (b"a\xf0\x9f\x98\x80\x80b\n", 9, "a\n… 14 bytes left out …\nb\n"),
        (b"\xc3\xa9\xc3\xa9", 2, "é\n… 2 bytes left out …\né"),
        (b"\xff\xffbb", 1, "\ufffd\ufffd\n… 1 bytes left out …\nbb"),
        (b"", 7, "\n… 7 bytes left out …\n"),
    ],
)
def test_kept_text(kept: bytes, lost_bytes: int, text: str) -> None:
    assert kept_text(kept, lost_bytes) == text


def test_memory_is_bounded_by_the_limit_whatever_the_chunk() -> None:
    stream = fed(1024, b"x" * 4_000_000, *[b"y" * 65_536] * 64)
    assert stream.total_bytes == 4_000_000 + 64 * 65_536
    assert len(stream.value()) == 1024
    assert stream.value() == b"x" * 512 + b"y" * 512


def test_a_flood_of_single_bytes_is_taken_in_linear_time() -> None:
    def read(text: str) -> None:
        stream = fed(len(text), text.encode())
        for _ in text:
            stream.feed(b".")
        assert stream.value().endswith(b"." * (len(text) // 2))

    assert_linear(read, "z", small_characters=64 * 1024)
