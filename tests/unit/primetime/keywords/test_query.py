from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.literature.grammar import parse
from primetime.errors import BadInput
from primetime.keywords.query import (
    Concept,
    Limits,
    Term,
    build,
    concept_query,
    concepts_of_keywords,
    field_relaxations,
    plain,
    single_relaxations,
    stepwise_relaxations,
    term_query,
    with_unique_names,
)

DRUG = Concept(name="drug", terms=(Term(text="calcium channel blockers", field="mesh"), Term(text="amlodipine")))
AGE = Concept(name="age", terms=(Term(text="elderly"), Term(text="aged", field="mesh", on=False)))


def test_or_within_a_concept_and_between_concepts() -> None:
    assert build([DRUG, AGE]) == '("calcium channel blockers"[mh] OR "amlodipine"[tiab]) AND ("elderly"[tiab])'


def test_limits_narrow_the_whole() -> None:
    limits = Limits(
        first=date(2019, 1, 31), publication_types=("Review", "Meta-Analysis"), languages=("english", "french")
    )
    assert build([AGE], limits) == (
        '("elderly"[tiab]) AND ("2019/01/31"[dp] : "3000"[dp]) AND ("Review"[pt] OR "Meta-Analysis"[pt]) '
        'AND ("english"[la] OR "french"[la])'
    )


def test_a_beginning_of_a_word_stays_one() -> None:
    assert term_query(Term(text="hypertens*")) == "hypertens*[tiab]"
    assert term_query(Term(text="hyp*")) == '"hyp"[tiab]'  # PubMed wants four letters
    assert term_query(Term(text="hypertens*", field="mesh")) == '"hypertens"[mh]'


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ('say "asthma" [mh] OR (b)', "say asthma mh OR b"),
        ("IL-6 / TNF-α", "IL-6 / TNF-α"),
        ("a\x00b\u202ec", "a b c"),
        ('"":*[]()', ""),
        ("---", ""),
        ("  two\n words ", "two words"),
    ],
)
def test_syntax_is_taken_out(text: str, cleaned: str) -> None:
    assert plain(text) == cleaned


@pytest.mark.parametrize("concepts", [[], [Concept(name="x", terms=())], [Concept(name="x", terms=(Term(text="()"),))]])
def test_a_query_of_nothing_is_refused(concepts: list[Concept]) -> None:
    with pytest.raises(BadInput, match="no term"):
        build(concepts)


def test_dates_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(BadInput, match="before they begin"):
        build([AGE], Limits(first=date(2020, 1, 2), last=date(2020, 1, 1)))


def test_an_endless_query_is_refused() -> None:
    with pytest.raises(BadInput, match="characters"):
        build([Concept(name="x", terms=tuple(Term(text=f"word {n} " + "x" * 90) for n in range(300)))])


texts = st.text(max_size=30)
terms = st.builds(Term, text=texts, field=st.sampled_from(["tiab", "mesh", "ti", "majr"]), on=st.booleans())
concepts = st.builds(Concept, name=texts, terms=st.lists(terms, max_size=4).map(tuple))


@given(st.lists(concepts, max_size=5))
def test_nothing_that_is_typed_becomes_syntax(typed: list[Concept]) -> None:
    try:
        query = build(typed)
    except BadInput:
        return
    assert query.count('"') % 2 == 0
    outside = "".join(query.split('"')[::2])
    depth = 0
    for letter in outside:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        assert 0 <= depth <= 1
    assert depth == 0
    parsed = parse(query)
    assert parsed.query is not None
    assert parsed.unknown_fields == ()


def test_the_prototypes_keywords_are_concepts() -> None:
    drug, age = concepts_of_keywords("beta blockers; ;elderly;beta blockers;()")
    assert concept_query(drug) == '("beta blockers"[tiab] OR "beta blockers"[mh])'
    assert age.name == "elderly"


def test_each_part_is_left_out_once_and_the_limits() -> None:
    limits = Limits(first=date(2020, 1, 1))
    relaxed = single_relaxations([DRUG, AGE], limits)
    assert [one.dropped for one in relaxed] == [("drug",), ("age",), ("limits",)]
    assert relaxed[2].query == build([DRUG, AGE])
    assert single_relaxations([AGE], Limits()) == []  # nothing would be left


def test_the_rarest_goes_first_until_one_is_left() -> None:
    third = Concept(name="third", terms=(Term(text="x"),))
    relaxed = stepwise_relaxations([DRUG, AGE, third], [5, 0, 100], Limits())
    assert [one.dropped for one in relaxed] == [("age",), ("age", "drug")]
    assert relaxed[-1].query == '("x"[tiab])'
    limited = stepwise_relaxations([DRUG, AGE], [5, 0], Limits(first=date(2020, 1, 1)))
    assert [one.dropped for one in limited] == [("age", "limits")]  # told, as they are left out with it


def test_words_are_sought_in_all_fields_within_the_limits_and_then_without() -> None:
    limits = Limits(first=date(2020, 1, 1))
    within, without = field_relaxations([DRUG], limits)
    assert (within.dropped, without.dropped) == (("fields",), ("fields", "limits"))
    assert without.query == '("calcium channel blockers"[all] OR "amlodipine"[all])'
    assert within.query.startswith(without.query + " AND (")
    assert field_relaxations(within.concepts, limits) == []
    (both,) = field_relaxations(concepts_of_keywords("asthma"), Limits())
    assert both.concepts == (Concept(name="asthma", terms=(Term(text="asthma", field="all"),)),)


def test_concepts_of_one_name_are_told_apart() -> None:
    assert [one.name for one in with_unique_names([AGE, DRUG, AGE])] == ["age", "drug", "age (2)"]
    second = replace(AGE, name="age (2)")
    assert [one.name for one in with_unique_names([AGE, second, AGE])] == ["age", "age (2)", "age (3)"]


def test_a_concept_never_has_a_name_that_stands_for_the_limits_or_the_fields() -> None:
    named = with_unique_names([replace(AGE, name="limits"), replace(DRUG, name="fields")])
    assert [one.name for one in named] == ["limits (2)", "fields (2)"]
    limits = Limits(first=date(2020, 1, 1))
    dropped = [one.dropped for one in single_relaxations(named, limits)]
    assert dropped == [("limits (2)",), ("fields (2)",), ("limits",)]
