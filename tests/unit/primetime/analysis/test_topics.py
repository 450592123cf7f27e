import os

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from primetime.analysis.graph import fuzzy_graph
from primetime.analysis.layout import lay_out, modes, projections
from primetime.analysis.neighbours import InvertedFile
from primetime.analysis.topics import Sizes, default_topic_size, find_topics, representatives
from primetime.encoder.pooling import to_unit_length
from primetime.errors import BadInput


def planted(topics: int, each: int, *, noise: float = 0.35, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors around random directions, and the topic of each."""
    random = np.random.default_rng(seed)
    centres = to_unit_length(random.normal(size=(topics, 48)))
    truth = np.repeat(np.arange(topics), each)
    spread = random.normal(size=(topics * each, 48)) * noise / np.sqrt(48) * 2
    return to_unit_length(centres[truth] + spread), truth


def test_the_graph_is_symmetric_with_weights_up_to_one() -> None:
    vectors, _ = planted(3, 20)
    graph = fuzzy_graph(InvertedFile.of(vectors).neighbours(8)).toarray()
    assert np.allclose(graph, graph.T)
    assert graph.min() >= 0
    assert graph.max() <= 1 + 1e-9
    assert (graph.max(axis=1) > 0.99).all()  # each point's nearest neighbour has weight 1


def test_equal_points_are_laid_out_apart_and_finite() -> None:
    vectors = to_unit_length(np.ones((40, 4)))
    vectors[:3] = np.eye(4)[:3]
    graph = fuzzy_graph(InvertedFile.of(vectors).neighbours(5))
    position = lay_out(graph, modes(projections(vectors, dimensions=2, seed=1), graph, dimensions=2), seed=1, epochs=20)
    assert np.isfinite(position).all()
    assert len(np.unique(position, axis=0)) == 40


@pytest.mark.parametrize(("topics", "each"), [(3, 40), (8, 120), (25, 30)])
def test_planted_topics_are_found(topics: int, each: int) -> None:
    vectors, truth = planted(topics, each)
    found = find_topics(vectors, seed=3)
    assert adjusted_rand_score(truth, found.labels) > 0.9
    assert np.isfinite(found.coordinates).all()


def test_topics_are_numbered_by_size() -> None:
    vectors, _ = planted(5, 60)
    found = find_topics(vectors[:260], seed=3)
    sizes = [len(found.members(topic)) for topic in range(found.count)]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == (found.labels >= 0).sum()


def test_the_map_keeps_topics_together() -> None:
    vectors, truth = planted(6, 50)
    found = find_topics(vectors, seed=3)
    place = found.coordinates
    for topic in range(6):
        own = place[truth == topic]
        centre = np.median(own, axis=0)
        other = np.linalg.norm(place[truth != topic] - centre, axis=1)
        assert np.median(np.linalg.norm(own - centre, axis=1)) < np.percentile(other, 1)


def test_same_input_and_seed_give_the_same_bits() -> None:
    vectors, _ = planted(6, 40)
    first, second = find_topics(vectors, seed=5), find_topics(vectors, seed=5)
    assert first.labels.tobytes() == second.labels.tobytes()
    assert first.coordinates.tobytes() == second.coordinates.tobytes()


def test_a_point_without_an_edge_does_not_push_the_others_together() -> None:
    vectors, truth = planted(3, 30)
    graph = fuzzy_graph(InvertedFile.of(vectors).neighbours(8)).tolil()
    graph[0, :] = 0
    graph[:, 0] = 0
    start = modes(projections(vectors, dimensions=2, seed=1), graph.tocsr(), dimensions=2)
    assert np.isfinite(start).all()
    centres = np.stack([np.median(start[truth == topic], axis=0) for topic in range(3)])
    assert min(np.linalg.norm(centres[one] - centres[other]) for one, other in [(0, 1), (0, 2), (1, 2)]) > 3


def test_the_number_of_cores_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = planted(6, 120)
    found = []
    for cores in (1, 2, 4):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, cores=cores: set(range(cores)))
        with threadpool_limits(cores):
            found.append(find_topics(vectors, seed=5))
    assert len({one.coordinates.tobytes() for one in found}) == 1
    assert len({one.subtopics.tobytes() for one in found}) == 1


def test_themes_and_subtopics_divide_the_same_articles() -> None:
    vectors, _ = planted(12, 60)
    found = find_topics(vectors, seed=3)
    assert ((found.subtopics >= 0) == (found.labels >= 0)).all()
    for subtopic in range(found.subtopics.max() + 1):
        assert len(set(found.labels[found.subtopics == subtopic])) == 1
    assert all(len(level) == found.count for level in found.themes)
    assert (found.labels[found.dense >= 0] == found.dense[found.dense >= 0]).all()


@pytest.mark.parametrize("worth", [0.0, np.nan])
def test_vectors_of_zeros_or_no_numbers_are_refused(worth: float) -> None:
    vectors, _ = planted(3, 20)
    vectors[[4, 9]] = worth
    with pytest.raises(BadInput, match=r"^2 of the 60 articles"):
        find_topics(vectors, seed=0)


def test_a_new_map_keeps_to_the_one_before() -> None:
    vectors, truth = planted(6, 60)
    order = np.random.default_rng(0).permutation(len(vectors))
    vectors, truth = vectors[order], truth[order]
    before = find_topics(vectors[:300], seed=3).coordinates
    earlier = np.full((360, 2), np.nan, dtype=np.float32)
    earlier[:300] = before
    after = find_topics(vectors, seed=3, earlier_map=earlier).coordinates
    width = np.ptp(before, axis=0).max()
    assert np.median(np.linalg.norm(after[:300] - before, axis=1)) < 0.05 * width
    for topic in range(6):
        home = np.median(before[truth[:300] == topic], axis=0)
        assert np.median(np.linalg.norm(after[300:][truth[300:] == topic] - home, axis=1)) < 0.15 * width


def test_nothing_new_leaves_the_map_as_it_is() -> None:
    vectors, _ = planted(4, 40)
    before = find_topics(vectors, seed=3).coordinates
    assert find_topics(vectors, seed=3, earlier_map=before).coordinates.tobytes() == before.tobytes()


def test_another_models_vectors_lay_the_map_anew_from_the_places_before() -> None:
    vectors, truth = planted(6, 60)
    before = find_topics(vectors, seed=3).coordinates
    alike, _ = planted(6, 60, seed=1)
    after = find_topics(alike, seed=3, earlier_map=before, same_model=False).coordinates
    width = np.ptp(before, axis=0).max()
    for topic in range(6):
        home, now = (np.median(place[truth == topic], axis=0) for place in (before, after))
        assert np.linalg.norm(now - home) < 0.25 * width, "the map is to be known again"
    # Of another opinion on every article, whose places before say nothing.
    order = np.random.default_rng(9).permutation(len(vectors))
    after = find_topics(alike[order], seed=3, earlier_map=before, same_model=False).coordinates
    for topic in range(6):
        own, other = after[truth[order] == topic], after[truth[order] != topic]
        centre = np.median(own, axis=0)
        strays = np.linalg.norm(own - centre, axis=1) > np.linalg.norm(other - centre, axis=1).min()
        assert strays.mean() < 0.1


@pytest.mark.parametrize("n", [0, 1, 2, 29])
def test_too_few_articles_are_refused(n: int) -> None:
    with pytest.raises(BadInput, match=f"^{n} article"):
        find_topics(np.eye(32, dtype=np.float32)[:n], seed=0)


def test_articles_all_alike_are_refused() -> None:
    with pytest.raises(BadInput, match="same vector"):
        find_topics(to_unit_length(np.ones((50, 8))), seed=0)


def test_a_topic_larger_than_the_corpus_cannot_be_found() -> None:
    vectors, _ = planted(3, 20)
    with pytest.raises(BadInput, match="close enough"):
        find_topics(vectors, seed=0, sizes=Sizes(smallest_topic=60))


def test_the_least_setting_still_works() -> None:
    vectors, _ = planted(3, 20)
    assert find_topics(vectors, seed=0, sizes=Sizes(smallest_topic=1, smallest_subtopic=1, min_samples=1)).count >= 3


def test_default_size_grows_with_the_corpus() -> None:
    assert [default_topic_size(n) for n in (30, 100, 10_000)] == [5, 5, 25]


def test_representatives_are_members_nearest_to_the_centre() -> None:
    vectors, _ = planted(4, 40)
    found = find_topics(vectors, seed=1)
    chosen = representatives(vectors, found, 0)
    similarity = vectors @ found.centroids[0]
    members = found.members(0)
    assert set(chosen) <= set(members)
    assert similarity[chosen].min() >= np.sort(similarity[members])[-len(chosen)] - 1e-6
