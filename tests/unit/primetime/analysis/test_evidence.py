import pytest
from hypothesis import given
from hypothesis import strategies as st

from primetime.analysis.evidence import Evidence, counts_as_evidence, evidence_profile
from primetime.analysis.forecast import Refused


def profile(*groups: tuple[int, list[str], list[str]]) -> Evidence:
    """Of so many articles each with these publication types and headings."""
    types = [kinds for count, kinds, _ in groups for _ in range(count)]
    headings = [about for count, _, about in groups for _ in range(count)]
    found = evidence_profile(types, headings)
    assert isinstance(found, Evidence)
    return found


def test_each_article_is_counted_once_as_its_most_condensed_kind() -> None:
    found = profile(
        (3, ["Meta-Analysis", "Systematic Review", "Review"], ["Humans"]),
        (5, ["Review"], ["Humans"]),
        (10, ["Randomized Controlled Trial", "Clinical Trial", "Multicenter Study"], ["Humans", "Animals"]),
        (12, ["Research Support, Non-U.S. Gov't"], ["Humans", "Cohort Studies"]),
        (4, [], ["Animals", "Mice"]),
        (2, ["Letter"], []),
        (9, [], []),
    )
    assert {kind: count for kind, count in found.kinds.items() if count} == {
        "meta-analyses": 3, "other reviews": 5, "randomised trials": 10, "observational studies": 12,
    }  # fmt: skip
    assert (found.unclassified, found.typed, found.human, found.animal) == (6, 36, 30, 4)
    assert found.reviews_to_research == pytest.approx(8 / 26, abs=0.001)
    assert found.missing == []


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ((40, ["Observational Study"], []), "40 observational studies, no randomised trial"),
        ((40, ["Clinical Trial, Phase II"], []), "40 clinical trials, none of them randomised"),
        ((40, ["Randomized Controlled Trial"], []), "40 randomised trials, no meta-analysis and no systematic review"),
        ((40, ["Case Reports"], []), "40 case reports, no observational study and no randomised trial"),
        ((40, ["Research Support, Non-U.S. Gov't"], ["Animals"]), "40 articles on animals, none on humans"),
    ],
)
def test_what_is_missing_is_said(group: tuple[int, list[str], list[str]], words: str) -> None:
    assert words in profile(group).missing


@pytest.mark.parametrize(
    ("types", "counts"),
    [
        (["Journal Article", "Randomized Controlled Trial"], True),
        (["Randomized Controlled Trial", "Retracted Publication"], False),
        (["Published Erratum"], False),
        (["Retraction of Publication"], False),
        (["Retraction Notice"], False),
        (["Expression of Concern"], False),
        (["Corrected and Republished Article"], True),
        ([], True),
    ],
)
def test_what_is_retracted_and_mere_notices_are_no_evidence(types: list[str], counts: bool) -> None:
    assert counts_as_evidence(types) is counts


def test_reviews_alone_have_no_ratio() -> None:
    assert profile((30, ["Review"], [])).reviews_to_research is None


def test_too_little_to_tell_by_is_refused() -> None:
    for types in ([], [[]] * 300, [["Review"]] * 19):
        found = evidence_profile(types, [[]] * len(types))
        assert isinstance(found, Refused)
        assert "20 are needed" in found.reason


@given(st.lists(st.tuples(st.sampled_from(["Review", "Letter", "Case Reports", "X"]), st.booleans()), min_size=20))
def test_kinds_and_the_rest_are_all_the_typed(articles: list[tuple[str, bool]]) -> None:
    found = evidence_profile([[kind] for kind, _ in articles], [["Animals"] if one else [] for _, one in articles])
    assert isinstance(found, Evidence)
    assert sum(found.kinds.values()) + found.unclassified == found.typed == len(articles)
