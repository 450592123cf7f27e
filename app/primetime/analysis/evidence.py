"""What kinds of evidence there are near an idea, and which are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from primetime.analysis.forecast import Refused

FEWEST_TYPED = 20
# So many studies of a kind, and none of the kind above it, are worth saying.
MANY = 10

# Kind of evidence → what PubMed calls it, by publication type or by MeSH heading. The first that fits counts.
_TYPES: dict[str, frozenset[str]] = {
    "meta-analyses": frozenset({"Meta-Analysis", "Network Meta-Analysis"}),
    "systematic reviews": frozenset({"Systematic Review"}),
    "other reviews": frozenset({"Review", "Scoping Review"}),
    "randomised trials": frozenset({"Randomized Controlled Trial", "Equivalence Trial", "Pragmatic Clinical Trial"}),
    "other clinical trials": frozenset(
        {
            "Adaptive Clinical Trial", "Clinical Study", "Clinical Trial", "Clinical Trial, Phase I",
            "Clinical Trial, Phase II", "Clinical Trial, Phase III", "Clinical Trial, Phase IV",
            "Controlled Clinical Trial",
        }
    ),
    "observational studies": frozenset({"Observational Study", "Twin Study"}),
    "case reports": frozenset({"Case Reports"}),
}  # fmt: skip
_OBSERVATIONAL = frozenset(
    {
        "Case-Control Studies", "Cohort Studies", "Cross-Sectional Studies", "Follow-Up Studies",
        "Longitudinal Studies", "Prospective Studies", "Retrospective Studies",
    }
)  # fmt: skip
_OPINION = frozenset({"Comment", "Editorial", "Letter", "News"})
# A retracted paper is no evidence any more, and a notice about another article never was.
_NO_EVIDENCE = frozenset(
    {
        "Expression of Concern", "Published Erratum", "Retracted Publication", "Retraction Notice",
        "Retraction of Publication",
    }
)  # fmt: skip
_REVIEWS = ("meta-analyses", "systematic reviews", "other reviews")


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Articles near an idea by the kind of evidence they are, each counted once, and by whom they are about."""

    kinds: dict[str, int]
    """kind → articles, in the order from the most condensed evidence to single cases"""
    unclassified: int
    """typed, and of none of these kinds"""
    human: int
    animal: int
    """animals and no humans"""
    typed: int
    """articles that have a publication type or a heading to tell by"""
    reviews_to_research: float | None
    """reviews of every kind for each article of research; None where there is no research"""
    missing: list[str]
    """what is missing beside what there is much of, in words"""


def counts_as_evidence(types: Sequence[str]) -> bool:
    """Whether an article with these publication types is neither retracted nor a mere notice about another."""
    return _NO_EVIDENCE.isdisjoint(types)


def evidence_profile(types: Sequence[Sequence[str]], headings: Sequence[Sequence[str]]) -> Evidence | Refused:
    """The profile of articles with these publication types and MeSH headings (two lists of the same length)."""
    kinds = dict.fromkeys(_TYPES, 0)
    typed = unclassified = human = animal = research = 0
    for own_types, own_headings in zip(types, headings, strict=True):
        named, about = set(own_types), set(own_headings)
        if not named and not about:
            continue
        typed += 1
        human += "Humans" in about
        animal += "Animals" in about and "Humans" not in about
        kind = _kind(named, about)
        if kind is None:
            unclassified += 1
        else:
            kinds[kind] += 1
        research += kind not in _REVIEWS and not named & _OPINION
    if typed < FEWEST_TYPED:
        return Refused(
            reason=f"{typed} of the {len(types)} nearest articles have a publication type or MeSH headings, "
            f"{FEWEST_TYPED} are needed"
        )
    reviews = sum(kinds[kind] for kind in _REVIEWS)
    return Evidence(
        kinds=kinds,
        unclassified=unclassified,
        human=human,
        animal=animal,
        typed=typed,
        reviews_to_research=round(reviews / research, 3) if research else None,
        missing=_missing(kinds, human, animal),
    )


def _kind(named: set[str], about: set[str]) -> str | None:
    kind = next((kind for kind, words in _TYPES.items() if named & words), None)
    return "observational studies" if kind is None and about & _OBSERVATIONAL else kind


def _missing(kinds: dict[str, int], human: int, animal: int) -> list[str]:
    trials = kinds["randomised trials"]
    told = []
    if kinds["observational studies"] >= MANY and trials == 0:
        told.append(f"{kinds['observational studies']} observational studies, no randomised trial")
    if kinds["other clinical trials"] >= MANY and trials == 0:
        told.append(f"{kinds['other clinical trials']} clinical trials, none of them randomised")
    if trials >= MANY and kinds["meta-analyses"] + kinds["systematic reviews"] == 0:
        told.append(f"{trials} randomised trials, no meta-analysis and no systematic review")
    if kinds["case reports"] >= MANY and kinds["observational studies"] + trials == 0:
        told.append(f"{kinds['case reports']} case reports, no observational study and no randomised trial")
    if animal >= MANY and human == 0:
        told.append(f"{animal} articles on animals, none on humans")
    return told
