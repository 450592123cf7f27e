import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from primetime.analysis.neighbours import InvertedFile
from primetime.encoder.pooling import to_unit_length


def planted(topics: int, each: int) -> np.ndarray:
    random = np.random.default_rng(0)
    centres = np.repeat(random.normal(size=(topics, 24)), each, axis=0)
    return to_unit_length(centres + random.normal(size=centres.shape) * 0.7)


def earlier_by_hand(vectors: np.ndarray, years: np.ndarray, row: int, k: int) -> float:
    earlier = vectors[(years > 0) & (years < years[row])]
    return float(np.sort(1 - earlier @ vectors[row])[:k].mean()) if len(earlier) >= k else np.nan


def test_nearest_neighbours_are_exact() -> None:
    vectors = planted(3, 20)
    found = InvertedFile.of(vectors).neighbours(5)
    for row in range(len(vectors)):
        distance = 1 - vectors @ vectors[row]
        distance[row] = np.inf
        assert np.allclose(np.sort(distance)[:5], found.distances[row], atol=1e-5)
        assert row not in found.indices[row]


def test_of_equally_near_points_the_lower_comes_first_and_opposite_ones_last() -> None:
    # Corners of a cube: few different distances, from 0 to 2, and many of each.
    corners = np.random.default_rng(1).choice([-1.0, 1.0], size=(90, 4)).astype(np.float32) / 2
    found = InvertedFile.of(corners).neighbours(89)
    for row, near in enumerate(found.indices):
        similarity = corners @ corners[row]
        expected = np.lexsort((np.arange(90), -similarity))
        assert near.tolist() == expected[expected != row].tolist()
        assert found.distances[row].tolist() == (1 - similarity[near]).tolist()


@pytest.mark.parametrize("k", [0, 3, 4])
def test_more_neighbours_than_points_are_refused(k: int) -> None:
    with pytest.raises(ValueError, match="cannot be had"):
        InvertedFile.of(np.eye(3, dtype=np.float32)).neighbours(k)


def test_most_neighbours_are_found_where_not_every_pair_is_compared() -> None:
    vectors = planted(40, 60)
    exact = InvertedFile.of(vectors).neighbours(10)
    found = InvertedFile.of(vectors, exact_up_to=0, probes=3).neighbours(10)
    shared = [len(set(a) & set(b)) for a, b in zip(exact.indices, found.indices, strict=True)]
    assert np.mean(shared) > 8
    again = InvertedFile.of(vectors, exact_up_to=0, probes=3).neighbours(10)
    assert again.indices.tobytes() == found.indices.tobytes()


def test_cells_too_small_for_the_neighbours_wanted_look_further() -> None:
    vectors = planted(30, 60)
    found = InvertedFile.of(vectors, exact_up_to=0, probes=1).neighbours(700)
    assert all(len(set(row)) == 700 for row in found.indices)
    assert not (found.indices == np.arange(len(vectors))[:, None]).any()


@pytest.mark.parametrize("exact_up_to", [0, 20_000])
def test_the_nearest_of_new_points_are_found(exact_up_to: int) -> None:
    vectors = planted(40, 60)
    new = to_unit_length(vectors[::7] + 0.02)
    found = InvertedFile.of(vectors, exact_up_to=exact_up_to, probes=3).nearest_of(new, 8)
    exact = np.argsort(1 - new @ vectors.T, axis=1, kind="stable")[:, :8]
    assert np.mean([len(set(a) & set(b)) for a, b in zip(exact, found.indices, strict=True)]) > 6.5
    assert (np.diff(found.distances, axis=1) >= 0).all()
    assert np.allclose(found.distances, 1 - np.take_along_axis(new @ vectors.T, found.indices, axis=1), atol=1e-5)
    assert InvertedFile.of(vectors, exact_up_to=exact_up_to).nearest_of(new[:0], 8).indices.shape == (0, 8)


@given(st.lists(st.sampled_from([0, 1999, 2000, 2001, 2002]), min_size=3, max_size=60), st.integers(1, 12))
def test_the_distance_to_earlier_work_is_the_mean_of_the_nearest(years: list[int], k: int) -> None:
    vectors, when = planted(4, 15)[: len(years)], np.asarray(years)
    rows = np.flatnonzero(when >= 2000)
    found = InvertedFile.of(vectors).earlier(rows, when, k).distances.mean(axis=1)
    wanted = [earlier_by_hand(vectors, when, row, k) for row in rows]
    assert found == pytest.approx(wanted, abs=1e-5, nan_ok=True)


def test_cells_with_little_earlier_work_look_further() -> None:
    vectors = planted(40, 60)
    years = np.full(len(vectors), 2010)
    # All that is earlier lies in one topic, far from most.
    years[:20] = 2005
    file = InvertedFile.of(vectors, exact_up_to=0, probes=1)
    found = file.earlier(np.arange(20, 2400), years, 20).distances.mean(axis=1)
    assert found == pytest.approx([earlier_by_hand(vectors, years, row, 20) for row in range(20, 2400)], abs=1e-5)


def test_distance_to_earlier_work_is_nearly_exact_where_not_every_pair_is_compared() -> None:
    vectors = planted(40, 60)
    years = np.random.default_rng(1).integers(2000, 2010, len(vectors))
    rows = np.flatnonzero(years >= 2007)
    found = InvertedFile.of(vectors, exact_up_to=0, probes=3).earlier(rows, years, 15).distances.mean(axis=1)
    exact = InvertedFile.of(vectors).earlier(rows, years, 15).distances.mean(axis=1)
    assert (found >= exact - 1e-6).all(), "what is missed is nearer than what is found in its place"
    assert np.mean(found - exact) < 0.02


def test_the_number_of_cores_changes_no_bit_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = planted(40, 60)
    years = np.random.default_rng(1).integers(2000, 2010, len(vectors))
    rows = np.flatnonzero(years >= 2007)
    made = []
    for cores in (1, 2, 4):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, cores=cores: set(range(cores)))
        with threadpool_limits(cores):
            file = InvertedFile.of(vectors, exact_up_to=0, probes=3)
            both = [file.neighbours(10), file.earlier(rows, years, 15)]
            made.append(b"".join(one.indices.tobytes() + one.distances.tobytes() for one in both))
    assert len(set(made)) == 1


def test_equal_points_fill_cells_and_are_neighbours() -> None:
    vectors = to_unit_length(np.repeat(np.eye(4, 8), 300, axis=0))
    found = InvertedFile.of(vectors, exact_up_to=0, probes=1).neighbours(5)
    assert (found.indices // 300 == np.arange(1200)[:, None] // 300).all()
    assert not (found.indices == np.arange(1200)[:, None]).any()
