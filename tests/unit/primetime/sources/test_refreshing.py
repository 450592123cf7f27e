"""A batch that a source refuses because of one of its articles."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.sources.citations import Citations, Wanted
from primetime.sources.refreshing import ask_in_parts
from primetime.sources.transport import RefusedError, Source

SOURCE = Source(name="Crossref", base_url="http://source.test", per_second=3)


class Refusing:
    """A source that refuses whatever has one of these in it."""

    def __init__(self, refused: set[int], *, status: int = 400) -> None:
        self._refused = refused
        self._status = status
        self.requests = 0

    def ask(self, batch: Sequence[Wanted]) -> dict[int, Citations]:
        self.requests += 1
        if any(one.pmid in self._refused for one in batch):
            raise RefusedError(SOURCE, self._status, "validation-failure")
        return {one.pmid: Citations(pmid=one.pmid, citations=1) for one in batch}


def batch_of(count: int) -> list[Wanted]:
    return [Wanted(pmid=pmid, doi=f"10.1/{pmid}") for pmid in range(count)]


@given(st.integers(2, 60), st.data())
def test_one_that_is_refused_leaves_the_others_their_answers(count: int, data: st.DataObject) -> None:
    refused = data.draw(st.integers(0, count - 1))
    source = Refusing({refused})
    assert set(ask_in_parts(source.ask, batch_of(count))) == set(range(count)) - {refused}
    assert source.requests <= 2 * count.bit_length() + 1


@given(st.integers(1, 60), st.sets(st.integers(0, 59), max_size=6))
def test_nothing_is_taken_for_unknown_that_was_not_asked_for_alone(count: int, refused: set[int]) -> None:
    try:
        answers = ask_in_parts(Refusing(refused).ask, batch_of(count))
    except RefusedError:
        return
    assert set(answers) == set(range(count)) - refused


@given(st.integers(1, 60), st.sets(st.integers(0, 59), max_size=60))
def test_who_answers_about_others_is_asked_about_each_that_it_refuses(count: int, refused: set[int]) -> None:
    answers = ask_in_parts(Refusing(refused).ask, batch_of(count), answers_others=True)
    assert set(answers) == set(range(count)) - refused


@pytest.mark.parametrize("status", [401, 403])
def test_who_may_not_ask_does_not_ask_again(status: int) -> None:
    source = Refusing({3}, status=status)
    with pytest.raises(RefusedError):
        ask_in_parts(source.ask, batch_of(40))
    assert source.requests == 1


@pytest.mark.parametrize("count", [1, 2, 3, 40, 1_000])
def test_a_source_that_refuses_everything_is_told_soon(count: int) -> None:
    source = Refusing(set(range(count)))
    with pytest.raises(RefusedError):
        ask_in_parts(source.ask, batch_of(count))
    assert source.requests <= 2 * count.bit_length() + 1
