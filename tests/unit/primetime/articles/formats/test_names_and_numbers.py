"""Names as tables and reference managers print them, and the numbers that are PMIDs."""

import io
from pathlib import Path

import pytest

from primetime.articles.formats.citation import person
from primetime.articles.formats.csv_table import read_csv
from primetime.articles.formats.nbib import read_nbib
from primetime.articles.formats.recognising import read_articles, recognise
from primetime.articles.record import Article, SkippedRecord, WantedArticle
from primetime.errors import BadInput


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Smith J, Doe A; COVID-19 Study Group.", ["Smith/J", "Doe/A", "COVID-19 Study Group"]),
        ("Smith JA Jr, Doe A.", ["Smith/JA/Jr", "Doe/A"]),
        ("Ivanov IV, Petrov II, Smith JA III", ["Ivanov/IV", "Petrov/II", "Smith/JA/III"]),
        ("Smith JA 3rd, Doe A, Roe B.", ["Smith/JA/3rd", "Doe/A", "Roe/B"]),
        ("Van Der Berg J, Sukarno, Doe A.", ["Van Der Berg/J", "Sukarno", "Doe/A"]),
        ("O'Neil É, Müller Ö.", ["O'Neil/É", "Müller/Ö"]),
        ("Smith, John A; Doe, Jane", ["Smith/John A", "Doe/Jane"]),
        ("Smith, John A", ["Smith/John A"]),
        ("Smith, J., Jr; Doe, J", ["Smith/J./Jr", "Doe/J"]),
        ("Li X", ["Li/X"]),
    ],
)
def test_names_in_one_cell_are_told_apart(cell: str, names: list[str]) -> None:
    (found,) = read_csv(io.BytesIO(f'Title,Authors\nT,"{cell}"\n'.encode()), "file")
    assert isinstance(found, Article)
    parts = [(one.collective_name or one.last_name, one.fore_name, one.suffix) for one in found.authors]
    assert ["/".join(part for part in name if part) for name in parts] == names


@pytest.mark.parametrize("printed", ["NICE,", "World Health Organization,", "The Copper Group"])
def test_a_group_ends_in_a_comma_or_is_words(printed: str) -> None:
    author = person(printed)
    assert author is not None
    assert (author.collective_name, author.last_name) == (printed.rstrip(","), None)


def test_an_issn_of_no_kind_is_kept() -> None:
    (found,) = read_nbib(io.BytesIO(b"PMID- 1\nTI  - T\nIS  - 1234-5678\nIS  - 8765-4321 (Linking)\n"), "file")
    assert isinstance(found, Article)
    assert (found.details.journal_issn, found.details.journal_issn_linking) == ("1234-5678", "8765-4321")


@pytest.mark.parametrize(
    ("text", "pmids"),
    [
        ("PMID: 123\nPMID:124\nPMID 125\n", [123, 124, 125]),
        ("PMID,Year\n7,2001\n8,2002\n", [7, 8]),
        ("Year;PMID\n2001;7\n2002;8\n", [7, 8]),
        ('"PMID"\n"2001"\n"2002"\n', [2001, 2002]),  # it says so
        ("PMIDs\n1, 2;3\n", [1, 2, 3]),
        ("PMID,12,34\n", [12, 34]),
    ],
)
def test_a_pmid_stands_in_its_column_or_is_any_number_of_a_list(tmp_path: Path, text: str, pmids: list[int]) -> None:
    path = tmp_path / "list"
    path.write_text(text)
    found = list(read_articles(path))
    assert not [one for one in found if isinstance(one, SkippedRecord)]
    assert [one.pmid for one in found if isinstance(one, WantedArticle)] == pmids


@pytest.mark.parametrize("text", ["2001\n2002\n2003\n", "Year,Count\n2001,5\n", "12345678,2001\n12345679,2010\n"])
def test_years_are_not_taken_for_pmids(tmp_path: Path, text: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(BadInput, match="in no format") as refused:
        recognise(path)
    assert "a column PMID" in refused.value.remedy
