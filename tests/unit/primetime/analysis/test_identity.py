import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from primetime.analysis.identity import Change, identify


def now(**members: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Labels and PMIDs of topics t0, t1, … given by their articles; `none` are in no topic."""
    pairs = [(pmid, -1 if name == "none" else int(name[1:])) for name, pmids in members.items() for pmid in pmids]
    pmids, labels = zip(*sorted(pairs), strict=True)
    return np.asarray(labels), np.asarray(pmids)


def before(**members: list[int]) -> dict[int, int]:
    return {pmid: int(name[1:]) for name, pmids in members.items() for pmid in pmids}


def test_a_topic_keeps_its_number_whatever_its_place() -> None:
    labels, pmids = now(t0=[10, 11, 12, 13], t1=[1, 2, 3, 4])
    found = identify(labels, pmids, before(k7=[1, 2, 3, 4], k9=[10, 11, 12]), next_key=10)
    assert found.keys == [9, 7]
    assert found.changes == []
    assert found.agreement == [1.0, 1.0]  # article 13 is new and says nothing


def test_the_first_analysis_bears_all_topics() -> None:
    labels, pmids = now(t0=[1, 2], t1=[3])
    found = identify(labels, pmids, {}, next_key=1)
    assert found.keys == [1, 2]
    assert [(one.kind, one.topic_key, one.other_key) for one in found.changes] == [("born", 1, None), ("born", 2, None)]
    assert found.agreement == [None, None]


def test_a_topic_of_new_articles_is_born() -> None:
    labels, pmids = now(t0=[1, 2, 3, 4], t1=[20, 21, 22, 23])
    found = identify(labels, pmids, before(k1=[1, 2, 3, 4]), next_key=2)
    assert found.keys == [1, 2]
    assert found.changes == [Change(kind="born", topic_key=2, other_key=None, share=None)]


def test_the_larger_part_of_a_split_topic_stays_the_topic() -> None:
    labels, pmids = now(t0=[1, 2, 3, 4, 5, 6], t1=[7, 8, 9])
    found = identify(labels, pmids, before(k1=[1, 2, 3, 4, 5, 6, 7, 8, 9]), next_key=2)
    assert found.keys == [1, 2]
    assert found.changes == [Change(kind="split", topic_key=2, other_key=1, share=1.0)]


def test_the_smaller_of_two_merged_topics_ends_in_the_larger() -> None:
    labels, pmids = now(t0=[1, 2, 3, 4, 5, 6, 7, 8])
    found = identify(labels, pmids, before(k1=[1, 2, 3, 4, 5], k2=[6, 7, 8]), next_key=3)
    assert found.keys == [1]
    assert found.changes == [Change(kind="merged", topic_key=2, other_key=1, share=1.0)]


def test_a_topic_whose_articles_are_scattered_has_died() -> None:
    labels, pmids = now(t0=[1, 2, 3, 4, 5], none=[6, 7, 8])
    found = identify(labels, pmids, before(k1=[1, 2, 3, 4, 5], k2=[6, 7, 8]), next_key=3)
    assert found.changes == [Change(kind="died", topic_key=2, other_key=None, share=None)]


def test_a_key_is_never_given_twice() -> None:
    labels, pmids = now(t0=[1, 2, 3], t1=[30, 31])
    assert identify(labels, pmids, before(k1=[1, 2, 3]), next_key=50).keys == [1, 50]


@settings(max_examples=200, deadline=None)
@given(
    labels=st.lists(st.integers(-1, 5), min_size=1, max_size=60),
    former=st.lists(st.integers(0, 7), min_size=60, max_size=60),
    known=st.lists(st.booleans(), min_size=60, max_size=60),
)
def test_every_topic_has_one_key_and_every_earlier_one_an_end(
    labels: list[int], former: list[int], known: list[bool]
) -> None:
    # Topic numbers have no gaps.
    numbers = {label: place for place, label in enumerate(sorted(set(labels) - {-1}))}
    now_labels = np.asarray([numbers.get(label, -1) for label in labels])
    pmids = np.arange(100, 100 + len(labels))
    earlier = {int(pmid): key for pmid, key, knows in zip(pmids, former, known, strict=False) if knows and key < 7}
    found = identify(now_labels, pmids, earlier, next_key=7)
    assert len(found.keys) == len(set(found.keys)) == len(numbers)
    ended = {one.topic_key for one in found.changes if one.kind in ("merged", "died")}
    begun = {one.topic_key for one in found.changes if one.kind in ("born", "split")}
    assert ended == set(earlier.values()) - set(found.keys)
    assert begun == {key for key in found.keys if key >= 7}
    for change in found.changes:
        assert change.share is None or 0.5 <= change.share <= 1
        assert (change.other_key is None) == (change.kind in ("born", "died"))


@pytest.mark.parametrize("labels", [[], [-1, -1]])
def test_no_topics_now_ends_all(labels: list[int]) -> None:
    found = identify(np.asarray(labels, dtype=int), np.arange(len(labels)), {0: 4}, next_key=5)
    assert found.keys == []
    assert [one.kind for one in found.changes] == ["died"]
