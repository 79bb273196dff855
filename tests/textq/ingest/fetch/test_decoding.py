import gzip
import tracemalloc
import zlib
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.fetch.decoding import decode_pieces
from textq.ingest.fetch.failure import FetchError


def cut(data: bytes, size: int):
    return (data[at : at + size] for at in range(0, len(data), size))


@given(
    st.binary(max_size=3000), st.integers(1, 700), st.integers(1, 60), st.sampled_from(["gzip", "x-gzip", "deflate"])
)
def test_what_was_folded_is_unfolded(data: bytes, size: int, times: int, encoding: str) -> None:
    content = data * times
    folded = zlib.compress(content) if encoding == "deflate" else gzip.compress(content)
    assert b"".join(decode_pieces(cut(folded, size), encoding)) == content


def test_several_members_are_one_file() -> None:
    folded = gzip.compress(b"a" * 200_000) + gzip.compress(b"b")
    assert b"".join(decode_pieces(cut(folded, 7), "gzip")) == b"a" * 200_000 + b"b"


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_what_was_not_folded_stays(encoding: str) -> None:
    assert list(decode_pieces(iter([b"a", b"b"]), encoding)) == [b"a", b"b"]


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_unknown_codings_are_refused(encoding: str) -> None:
    with pytest.raises(FetchError, match="not asked for"):
        decode_pieces(iter([b"a"]), encoding)


CUT = gzip.compress(b"a" * 999, mtime=0)[:-9]  # without the time of day: processes must name the test alike


@pytest.mark.parametrize(("data", "message"), [(CUT, "cut off"), (b"no gzip", "broken"), (b"", "cut off")])
def test_damage_is_said(data: bytes, message: str) -> None:
    with pytest.raises(FetchError, match=message) as failed:
        list(decode_pieces(iter([data] if data else []), "gzip"))
    assert failed.value.retry


def test_a_bomb_unfolds_in_small_pieces() -> None:
    bomb = gzip.compress(bytes(100_000_000), 9)
    tracemalloc.start()
    pieces = list(map(len, islice(decode_pieces(iter([bomb]), "gzip"), 50)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert max(pieces) <= 1 << 16
    assert peak < 4_000_000
