import numpy as np

from primetime.encoder.artifact import Quality
from primetime.encoder.calibration import GOLDEN_TEXTS, calibration_sha256, calibration_texts
from primetime.encoder.fidelity import acceptable, compare
from primetime.encoder.pooling import to_unit_length


def vectors(noise: float) -> np.ndarray:
    random = np.random.default_rng(1)
    base = random.normal(size=(60, 16))
    return to_unit_length(base + noise * np.random.default_rng(2).normal(size=base.shape))


def test_a_model_agrees_with_itself() -> None:
    quality = compare(vectors(0), vectors(0))
    assert (quality.mean_cosine, quality.first_percentile_cosine, quality.nearest_10_overlap) == (1, 1, 1)
    assert acceptable(quality)


def test_noise_is_seen_and_refused() -> None:
    quality = compare(vectors(0), vectors(0.5))
    assert quality.mean_cosine < 0.95
    assert quality.nearest_10_overlap < 0.9
    assert not acceptable(quality)


def test_one_bad_percentile_is_enough_to_refuse() -> None:
    assert not acceptable(Quality(texts=9, mean_cosine=0.999, first_percentile_cosine=0.97, nearest_10_overlap=1))


def test_calibration_texts_are_fixed_and_varied() -> None:
    texts = calibration_texts()
    assert texts == calibration_texts()
    assert len(set(texts)) > 150
    assert max(map(len, texts)) > 20 * min(map(len, texts))
    assert calibration_sha256() == calibration_sha256()
    assert len(GOLDEN_TEXTS) == 4
