"""Bytes out of plain and gzip files: whole, or with a word on what is wrong with them."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketlit.sources.unpacking import PIECE, Damaged, Unpacking


def unpacked(data: bytes) -> bytes:
    return b"".join(Unpacking(BytesIO(data)))


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(0, 3))
def test_every_member_of_a_gzip_file_is_unpacked(members: list[bytes], padding: int) -> None:
    assert unpacked(b"".join(map(gzip.compress, members)) + bytes(padding)) == b"".join(members)


@given(st.binary(max_size=3000))
def test_what_is_not_gzip_comes_as_it_is(data: bytes) -> None:
    plain = b"<" + data
    assert unpacked(plain) == plain


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 4000))
def test_a_gzip_file_cut_anywhere_is_damaged_behind_its_good_bytes(data: bytes, missing: int) -> None:
    packed = gzip.compress(data)
    cut = packed[: max(2, len(packed) - missing)]
    found = b""
    with pytest.raises(Damaged, match="cut short"):  # noqa: PT012 what came before counts
        for piece in Unpacking(BytesIO(cut)):
            found += piece
    assert data.startswith(found)


@given(st.binary(min_size=1, max_size=500), st.data())
def test_a_changed_byte_never_raises_anything_but_damaged(data: bytes, draw: st.DataObject) -> None:
    packed = bytearray(gzip.compress(data))
    packed[draw.draw(st.integers(0, len(packed) - 1))] ^= draw.draw(st.integers(1, 255))
    with suppress(Damaged):
        unpacked(bytes(packed))


def test_a_wrong_checksum_is_damage() -> None:
    packed = bytearray(gzip.compress(b"abc"))
    packed[-8] ^= 1
    with pytest.raises(Damaged, match="damaged"):
        unpacked(bytes(packed))


def test_other_bytes_behind_gzip_are_damage() -> None:
    with pytest.raises(Damaged, match="come other bytes"):
        unpacked(gzip.compress(b"abc") + b"\0more")


def test_what_unpacks_to_a_thousand_times_its_size_comes_in_small_pieces() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(64)), packer.flush()])
    sizes = [len(piece) for piece in Unpacking(BytesIO(packed))]
    assert sum(sizes) == 64 << 20
    assert max(sizes) <= PIECE
    assert len(packed) < (64 << 20) / 900


def test_consumed_counts_the_bytes_of_the_packed_file() -> None:
    packed = gzip.compress(b"abc" * 100_000)
    unpacking = Unpacking(BytesIO(packed))
    assert unpacking.consumed == 0
    assert b"".join(unpacking)
    assert unpacking.consumed == len(packed)


class Dribble(BytesIO):
    """A stream that gives a byte at a time, but for the first two."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(1 if self.tell() else 2)


def test_a_stream_may_give_as_little_at_once_as_it_likes() -> None:
    packed = gzip.compress(b"abc") + gzip.compress(b"def") + b"\0\0"
    assert b"".join(Unpacking(Dribble(packed))) == b"abcdef"
    with pytest.raises(Damaged, match="come other bytes"):
        list(Unpacking(Dribble(packed + b"x")))
