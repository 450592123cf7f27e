"""Words that name no topic: English function words, and those that any medical abstract uses."""

from __future__ import annotations

from importlib import resources

from primetime.keywords.function_words import FUNCTION_WORDS

# The furniture of abstracts: design, statistics, sections, quantities, units, people in general.
MEDICAL_STOP_WORDS = frozenset(
    resources.files("primetime.analysis").joinpath("stop_words.txt").read_text(encoding="utf-8").split()
)

STOP_WORDS = FUNCTION_WORDS | MEDICAL_STOP_WORDS

# PubMed's check tags: they say who was studied, on nearly every record.
CHECK_TAGS = frozenset(
    {
        "Adolescent", "Adult", "Aged", "Aged, 80 and over", "Animals", "Child", "Child, Preschool", "Comparative Study",
        "Cross-Sectional Studies", "Double-Blind Method", "Female", "Follow-Up Studies", "Humans", "Infant",
        "Infant, Newborn", "Male", "Mice", "Middle Aged", "Pregnancy", "Prospective Studies", "Rats",
        "Retrospective Studies", "Risk Factors", "Time Factors", "Treatment Outcome", "United States", "Young Adult",
    }
)  # fmt: skip
