import numpy as np
import pytest

from primetime.encoder.artifact import Quality, Retrieval
from primetime.encoder.calibration import GOLDEN_TEXTS, calibration_sha256, calibration_texts, judging_texts
from primetime.encoder.fidelity import (
    Review,
    compare,
    judge_retrieval,
    retrieval,
    retrieval_shortfalls,
    shortfalls,
)
from primetime.encoder.pooling import to_unit_length


def vectors(noise: float) -> np.ndarray:
    random = np.random.default_rng(1)
    base = random.normal(size=(60, 16))
    return to_unit_length(base + noise * np.random.default_rng(2).normal(size=base.shape))


def test_a_model_agrees_with_itself() -> None:
    quality = compare(vectors(0), vectors(0))
    assert quality.mean_cosine == pytest.approx(1, abs=1e-6)
    assert quality.first_percentile_cosine == pytest.approx(1, abs=1e-6)
    assert quality.nearest_10_overlap == 1
    assert shortfalls(quality) == []


def test_noise_is_seen_and_refused() -> None:
    quality = compare(vectors(0), vectors(0.5))
    assert quality.mean_cosine < 0.95
    assert quality.nearest_10_overlap < 0.9
    assert len(shortfalls(quality)) == 3


def test_one_bad_percentile_is_enough_to_refuse() -> None:
    quality = Quality(texts=9, mean_cosine=0.999, first_percentile_cosine=0.97, nearest_10_overlap=1)
    assert shortfalls(quality) == ["1st percentile 0.97 below 0.985"]


def test_the_gate_is_no_wider_than_its_figures() -> None:
    """A variant a hair below a limit is below it: figures are rounded for the eye alone."""
    original = np.tile(np.asarray([[1.0, 0.0]], dtype=np.float32), (60, 1))
    angle = np.arccos(0.99497)
    turned = np.tile(np.asarray([[np.cos(angle), np.sin(angle)]], dtype=np.float32), (60, 1))
    assert [cause for cause in shortfalls(compare(original, turned)) if "mean" in cause] == [
        "mean cosine 0.99497 below 0.995"
    ]


def test_what_is_retrieved_is_judged_before_it_is_rounded() -> None:
    # As below by hand: .56546…, of which 0.995 is .56263….
    angles = np.asarray([0.0, 0.3, 0.7, 0.8])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    review = Review(name="a", rows=np.arange(4), included=np.asarray([True, False, True, False]))
    found = judge_retrieval(vectors, [review])
    assert found.ndcg_10 == pytest.approx((1 / np.log2(3) + 1 / np.log2(4)) / 2, rel=1e-12)
    assert retrieval_shortfalls(found, Retrieval(ndcg_10=0.56263, recall_100=1)) == [
        "nDCG@10 0.56263 below 0.995 of fp32's 0.565465"
    ]
    assert retrieval_shortfalls(found, Retrieval(ndcg_10=0.56264, recall_100=1)) == []


def test_what_is_no_number_does_not_pass() -> None:
    quality = Quality(texts=9, mean_cosine=float("nan"), first_percentile_cosine=1, nearest_10_overlap=1)
    assert len(shortfalls(quality)) == 1


def test_retrieval_is_whole_when_the_relevant_are_nearest() -> None:
    relevant = np.arange(60) < 5
    points = np.where(relevant[:, None], [1.0, 0.0], [0.0, 1.0]) + np.linspace(0, 0.01, 60)[:, None]
    assert retrieval(to_unit_length(points), relevant) == (1, 1)


def test_retrieval_by_hand() -> None:
    # Asked by text 0, the nearest is 1 (no), then 2 (yes); asked by 2, the nearest is 3 (no), then 1, then 0 (yes).
    angles = np.asarray([0.0, 0.3, 0.7, 0.8])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    ndcg, recall = retrieval(vectors, np.asarray([True, False, True, False]))
    assert np.isclose(ndcg, (1 / np.log2(3) + 1 / np.log2(4)) / 2)
    assert recall == 1
    with pytest.raises(ValueError, match="two relevant"):
        retrieval(vectors, np.asarray([True, False, False, False]))


@pytest.mark.parametrize("make", [calibration_texts, judging_texts])
def test_our_texts_are_fixed_and_varied(make) -> None:
    texts = make()
    assert texts == make()
    assert len(set(texts)) > 0.8 * len(texts)
    assert max(map(len, texts)) > 12 * min(map(len, texts))
    assert calibration_sha256(texts) == calibration_sha256(make())


def test_a_model_is_not_judged_by_what_it_was_calibrated_on() -> None:
    long = {text for text in judging_texts() if len(text) > 400}
    assert not long & set(calibration_texts())
    assert len(GOLDEN_TEXTS) == 4


def test_retrieval_is_judged_by_the_mean_over_reviews() -> None:
    vectors = np.eye(6, dtype=np.float32)
    vectors[1] = vectors[0]
    found_at_once = Review(name="a", rows=np.arange(3), included=np.asarray([True, True, False]))
    alike = Review(name="b", rows=np.asarray([2, 3, 4, 5]), included=np.asarray([True, False, False, True]))
    first, second = (judge_retrieval(vectors, [review]) for review in (found_at_once, alike))
    both = judge_retrieval(vectors, [found_at_once, alike])
    assert (first.ndcg_10, first.recall_100) == (1, 1)
    assert second.ndcg_10 < 1
    assert both.ndcg_10 == pytest.approx((first.ndcg_10 + second.ndcg_10) / 2, abs=1e-4)


@pytest.mark.parametrize(
    ("ndcg", "recall", "missed"),
    [
        (0.8, 0.6, []),
        (0.797, 0.598, []),
        (0.795, 0.6, ["nDCG@10 0.795 below 0.995 of fp32's 0.8"]),
        (0.8, 0.5, ["recall@100 0.5 below 0.995 of fp32's 0.6"]),
        (float("nan"), 0.7, ["nDCG@10 nan below 0.995 of fp32's 0.8"]),
    ],
)
def test_retrieval_may_lose_half_a_percent(ndcg: float, recall: float, missed: list[str]) -> None:
    original = Retrieval(ndcg_10=0.8, recall_100=0.6)
    assert retrieval_shortfalls(original, Retrieval(ndcg_10=ndcg, recall_100=recall)) == missed
