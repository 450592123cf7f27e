"""Titles and abstracts: sentences put together from a topic's phrases.

A study has an angle (did it help, was it safe, how common is it …) that decides which sentences fit together. The
abstract always says that its study is made up, because its figures are.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from localcloud.corpus.topics import Topic

Sections = list[tuple[str, str]]  # (label, text)


@dataclass(frozen=True, kw_only=True)
class Angle:
    """A kind of study; templates use the names of `Study.phrases`."""

    name: str
    share: float
    publication_types: tuple[tuple[str, str], ...]  # (MeSH identifier, name)
    titles: tuple[str, ...]
    aims: tuple[str, ...]
    methods: tuple[str, ...]
    results: tuple[str, ...]
    conclusions: tuple[str, ...]


_ARTICLE = ("D016428", "Journal Article")

ANGLES: tuple[Angle, ...] = (
    Angle(
        name="benefit",
        share=3,
        publication_types=(_ARTICLE, ("D016449", "Randomized Controlled Trial")),
        titles=(
            "{Intervention} and {outcome} in {population} with {condition}: a randomised comparison",
            "Effect of {intervention} on {outcome} in {condition}",
            "{Intervention} compared with {comparator} for {condition}",
            "Does {intervention} change {outcome} in {population}?",
        ),
        aims=(
            "We asked whether {intervention} changes {outcome} in {population} with {condition}.",
            "The aim was to compare {intervention} with {comparator} in {condition}.",
        ),
        methods=(
            "In this made-up trial, {n} {population} were assigned at random to {intervention} or {comparator} and "
            "followed for {months} months.",
            "A made-up sample of {n} {population} with {condition} was randomised; {measure} was recorded at the start "
            "and after {months} months.",
        ),
        results=(
            "{Outcome} differed by {percent}% between the groups after {months} months.",
            "With {intervention}, {outcome} changed in {share}% of the participants, and with {comparator} in "
            "{other}%.",
            "The difference in {outcome} was seen in women and in men, and did not depend on {measure}.",
        ),
        conclusions=(
            "In these invented data {intervention} went along with a change in {outcome}.",
            "The simulated comparison favours {intervention} over {comparator} with respect to {outcome}.",
        ),
    ),
    Angle(
        name="harm",
        share=2,
        publication_types=(_ARTICLE, ("D016448", "Multicenter Study")),
        titles=(
            "Side effects of {intervention} in {population} with {condition}",
            "Safety and tolerability of {intervention} in {population}",
            "Adverse events during {intervention} for {condition}, with special regard to {outcome}",
            "Why do {population} stop {intervention}? A study of adverse effects",
        ),
        aims=(
            "We describe the side effects of {intervention} in {population}.",
            "The aim was to find out how often {intervention} has to be stopped because of adverse effects.",
        ),
        methods=(
            "The records of a made-up cohort of {n} {population} with {condition} were searched for adverse events "
            "during {months} months of {intervention}.",
            "In this made-up study {n} {population} reported side effects of {intervention} in a diary for {months} "
            "months.",
        ),
        results=(
            "At least one adverse event was reported by {share}% of the participants, and {percent}% stopped the "
            "treatment.",
            "Concern about {outcome} was mentioned most often.",
            "Side effects were more frequent at higher doses and in those who received {comparator} as well.",
        ),
        conclusions=(
            "Within this invented cohort most side effects of {intervention} were mild.",
            "In the simulated records concern about {outcome} was the main reason for stopping {intervention}.",
        ),
    ),
    Angle(
        name="occurrence",
        share=2,
        publication_types=(_ARTICLE, ("D064888", "Observational Study")),
        titles=(
            "Prevalence and predictors of {condition} among {population}",
            "Risk factors for {condition} in {population}: a cohort study",
            "{Condition} in {population}: a cross-sectional survey",
        ),
        aims=(
            "We estimated how common {condition} is among {population}.",
            "The aim was to identify predictors of {condition} in {population}.",
        ),
        methods=(
            "A made-up survey covered {n} {population} in several regions; {measure} was available for {share}%.",
            "We followed a made-up cohort of {n} {population} for {months} months and modelled {outcome} by "
            "regression.",
        ),
        results=(
            "{Condition} was present in {percent}% of the participants.",
            "Age and {outcome} were associated with {condition}; {intervention} was in use in {other}%.",
            "The prevalence did not differ between urban and rural areas.",
        ),
        conclusions=(
            "In this simulated population {condition} was common and was linked with {outcome}.",
            "These invented figures suggest asking {population} about {outcome}.",
        ),
    ),
    Angle(
        name="measurement",
        share=1.5,
        publication_types=(_ARTICLE, ("D023361", "Validation Study")),
        titles=(
            "{Measure} as a predictor of {outcome} in {condition}",
            "Agreement of {measure} with clinical judgement in {population} with {condition}",
            "Use of {measure} to guide {intervention}",
        ),
        aims=(
            "We examined whether {measure} predicts {outcome} in {condition}.",
            "The aim was to judge how useful {measure} is when {intervention} is considered.",
        ),
        methods=(
            "In a made-up series of {n} {population} with {condition}, {measure} was compared with the clinical course "
            "over {months} months.",
            "Two assessors applied {measure} to {n} made-up cases of {condition} without knowledge of the outcome.",
        ),
        results=(
            "{Measure} predicted {outcome} with a sensitivity of {share}% and a specificity of {other}%.",
            "The assessors agreed in {share}% of the cases.",
            "Adding {measure} to the clinical findings improved the prediction of {outcome}.",
        ),
        conclusions=(
            "In simulated cases {measure} helped to predict {outcome}.",
            "{Measure} could support decisions about {intervention}, if real data showed what these invented ones do.",
        ),
    ),
    Angle(
        name="experience",
        share=1,
        publication_types=(_ARTICLE,),
        titles=(
            "Living with {condition}: experiences of {population}",
            "Attitudes of {population} to {intervention}: an interview study",
            "Barriers to {intervention} in {condition}",
        ),
        aims=(
            "We wanted to understand how {population} see {intervention}.",
            "The aim was to describe what hinders {intervention} in everyday life.",
        ),
        methods=(
            "Made-up interviews with {few} {population} were analysed by theme.",
            "In made-up focus groups, {few} {population} talked about {condition} and {intervention}.",
        ),
        results=(
            "Three themes emerged: worry about {outcome}, trust in the care team, and the effort of {intervention}.",
            "Participants wished for plainer information about {outcome}.",
            "Those who had tried {comparator} spoke of it with reserve.",
        ),
        conclusions=(
            "The invented interviews suggest that {outcome} matters more to {population} than clinicians assume.",
            "Clear information about {intervention} was what these imagined participants missed most.",
        ),
    ),
    Angle(
        name="review",
        share=1,
        publication_types=(_ARTICLE, ("D016454", "Review")),
        titles=(
            "{Intervention} for {condition}: a narrative review",
            "Current management of {condition} in {population}",
            "What is known about {intervention} and {outcome}",
        ),
        aims=(
            "This review looks at {intervention} for {condition}.",
            "We summarise the management of {condition} in {population}.",
        ),
        methods=("{N} made-up reports on {condition}, {intervention} and {outcome} were read and compared.",),
        results=(
            "Most reports considered {outcome}; fewer considered {measure}.",
            "{Intervention} was compared with {comparator} in {percent}% of the reports.",
            "Reports on {population} were rare.",
        ),
        conclusions=(
            "The imagined literature leaves open how {intervention} affects {outcome}.",
            "More attention to {population} would be welcome in this invented field.",
        ),
    ),
)

_LABELS = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
_LABELS_WITH_AIM = ("BACKGROUND", "OBJECTIVE", "METHODS", "RESULTS", "CONCLUSIONS")


@dataclass(frozen=True)
class Study:
    """One made-up study of a topic, from which its title and abstract are written."""

    topic: Topic
    angle: Angle
    phrases: dict[str, str]


def imagine(topic: Topic, rng: random.Random) -> Study:
    angle = rng.choices(ANGLES, weights=[angle.share for angle in ANGLES])[0]
    intervention, comparator = rng.sample(topic.interventions, 2)
    phrases = {
        "condition": rng.choice(topic.conditions),
        "intervention": intervention,
        "comparator": comparator,
        "outcome": rng.choice(topic.outcomes),
        "measure": rng.choice(topic.measures),
        "population": rng.choice(topic.populations),
        "n": str(rng.randint(40, 2400)),
        "few": str(rng.randint(12, 45)),
        "months": str(rng.choice((3, 6, 9, 12, 18, 24, 36))),
        "percent": str(rng.randint(4, 38)),
        "share": str(rng.randint(51, 94)),
        "other": str(rng.randint(15, 50)),
    }
    phrases |= {name.capitalize(): text[0].upper() + text[1:] for name, text in phrases.items()}
    return Study(topic, angle, phrases)


def title(study: Study, rng: random.Random) -> str:
    text = rng.choice(study.angle.titles).format(**study.phrases)
    return text if text.endswith("?") else f"{text}."


def abstract(study: Study, rng: random.Random) -> Sections:
    """The sections in order; an unstructured abstract is one section without a label."""
    write: Callable[[str], str] = lambda template: template.format(**study.phrases)  # noqa: E731
    context = rng.choice(study.topic.contexts) + "."
    aim = write(rng.choice(study.angle.aims))
    method = write(rng.choice(study.angle.methods))
    findings = " ".join(write(text) for text in rng.sample(study.angle.results, min(2, len(study.angle.results))))
    conclusion = write(rng.choice(study.angle.conclusions))
    form = rng.random()
    if form < 0.4:
        return list(zip(_LABELS, (f"{context} {aim}", method, findings, conclusion), strict=True))
    if form < 0.7:
        return list(zip(_LABELS_WITH_AIM, (context, aim, method, findings, conclusion), strict=True))
    return [("", f"{context} {aim} {method} {findings} {conclusion}")]
