"""A stream cut into parts for S3."""

from hypothesis import given
from hypothesis import strategies as st

from primetime.buckets.bucket import in_parts


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(1, 25))
def test_the_same_bytes_in_parts_of_one_size(pieces: list[bytes], size: int) -> None:
    parts = list(in_parts(iter(pieces), size))
    assert b"".join(parts) == b"".join(pieces)
    assert all(len(part) == size for part in parts[:-1])
    assert all(0 < len(part) <= size for part in parts[-1:])


def test_a_part_is_handed_on_before_the_next_is_read() -> None:
    read = []

    def pieces():  # type: ignore[no-untyped-def]
        for number in range(4):
            read.append(number)
            yield bytes(10)

    parts = in_parts(pieces(), 10)
    next(parts)
    assert read == [0]
