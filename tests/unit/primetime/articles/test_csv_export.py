"""What a spreadsheet may not run."""

import pytest

from primetime.articles.csv_export import COLUMNS, neutral


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_formula_is_neutralised(text: str) -> None:
    assert neutral(text) == "'" + text


def test_other_values_stay() -> None:
    assert [neutral(value) for value in ("text", "a=b", "", -5, 0.5)] == ["text", "a=b", "", -5, 0.5]


def test_the_prototypes_columns_come_first() -> None:
    assert COLUMNS[:15] == (
        "PMID", "Title", "Abstract", "Journal", "Publication Date", "Authors", "Citation Count", "Idea", "Keywords",
        "Max Results", "Search Timestamp", "Novelty Score", "Citation Rate Score", "Recency Score",
        "Opportunity Score",
    )  # fmt: skip
    assert COLUMNS[15:] == ("DOI", "MeSH", "Publication Types", "Topic")
