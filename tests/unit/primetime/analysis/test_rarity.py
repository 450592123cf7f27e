import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.rarity import rarity

# Two crowds that never meet, and one heading that is in both.
EARLIER = [["Asthma", "Inhalers", "Lung"]] * 60 + [["Migraine", "Triptans", "Lung"]] * 60
YEARS = [2000] * 120


def test_two_common_headings_that_never_met_are_rare_and_two_that_always_meet_are_not() -> None:
    found = rarity([*EARLIER, ["Asthma", "Triptans"], ["Asthma", "Inhalers"]], np.array([*YEARS, 2001, 2001]), 2001)
    assert np.isnan(found[:120]).all()
    assert found[120] == pytest.approx(math.log(61))
    assert found[121] == 0


def test_headings_that_are_new_or_rare_by_themselves_tell_nothing() -> None:
    found = rarity([*EARLIER, ["Brand New", "Another"], ["Asthma", "Brand New"]], np.array([*YEARS, 2001, 2001]), 2001)
    assert found[120:].tolist() == [0, 0]


def test_only_earlier_years_count() -> None:
    mesh = [*EARLIER, ["Asthma", "Triptans"], ["Asthma", "Triptans"], ["Asthma", "Triptans"]]
    found = rarity(mesh, np.array([*YEARS, 2001, 2001, 2002]), 2001)
    assert found[120] == found[121] > found[122]


@pytest.mark.parametrize(
    ("mesh", "years"),
    [
        ([*EARLIER, ["Asthma"]], [*YEARS, 2001]),
        ([*EARLIER, ["Asthma", "Humans", "Male"]], [*YEARS, 2001]),
        ([*EARLIER, []], [*YEARS, 2001]),
        ([*EARLIER, ["Asthma", "Triptans"]], [*YEARS, 0]),
        ([*EARLIER[:99], ["Asthma", "Triptans"]], [*YEARS[:99], 2001]),
        ([[]] * 120 + [["Asthma", "Triptans"]], [*YEARS, 2001]),
        ([], []),
    ],
)
def test_what_cannot_be_told_is_unknown(mesh: list[list[str]], years: list[int]) -> None:
    assert np.isnan(rarity(mesh, np.asarray(years, dtype=np.int64), 2001)).all()


def test_articles_that_share_no_heading_move_nothing() -> None:
    own = [["Asthma", "Triptans"], ["Asthma", "Inhalers"]]
    years = np.array([*YEARS, 2001, 2001])
    alone = rarity([*EARLIER, *own], years, 2001)
    others = rarity([*EARLIER, *own, *[["Deafness", "Gene"]] * 500], np.append(years, [2000] * 500), 2001)
    np.testing.assert_array_equal(others[:122], alone)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=6), min_size=101, max_size=140), st.integers(0, 39))
def test_it_is_what_counting_by_hand_gives_whatever_the_order_of_headings(mesh: list[list[str]], at: int) -> None:
    years = np.where(np.arange(len(mesh)) < 101, 2000, 2001)
    found = rarity(mesh, years, 2001)
    earlier = [set(one) for one in mesh[:101] if one]
    for index in range(101, len(mesh)):
        own = sorted(set(mesh[index]))
        if len(own) < 2 or len(earlier) < 100:
            assert np.isnan(found[index])
            continue
        values = sorted(
            (
                math.log(
                    (min(sum(a in e for e in earlier), sum(b in e for e in earlier)) + 1)
                    / (sum(a in e and b in e for e in earlier) + 1)
                )
                for i, a in enumerate(own)
                for b in own[i + 1 :]
            ),
            reverse=True,
        )
        assert found[index] == pytest.approx(values[int(0.1 * len(values))])
    shuffled = [one[at % (len(one) + 1) :] + one[: at % (len(one) + 1)] for one in mesh]
    np.testing.assert_array_equal(rarity(shuffled, years, 2001), found)
