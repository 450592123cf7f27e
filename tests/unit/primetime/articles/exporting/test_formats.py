"""Exports: what is written, read again by our own readers and by others' libraries."""

import base64
import csv
import io
import random
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import bibtexparser
import openpyxl
import pytest
import rispy
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import to_builtins

from primetime.articles.exporting import excel
from primetime.articles.exporting.csv_table import neutral
from primetime.articles.exporting.formats import ExportFormat, export_pieces, format_named
from primetime.articles.exporting.selection import Context, ExportRow
from primetime.articles.exporting.table import COLUMNS
from primetime.articles.formats.csv_table import read_csv
from primetime.articles.formats.nbib import read_nbib
from primetime.articles.formats.ris import read_ris
from primetime.articles.local_number import is_local, local_number
from primetime.articles.record import (
    Article,
    Author,
    Chemical,
    Correction,
    Details,
    Grant,
    MeshHeading,
    MeshQualifier,
    PublicationDate,
)

ARTICLE = Article(
    pmid=20301234,
    title="Copper & <zinc>: 100% {safe}? A_b#c",
    abstract="BACKGROUND: Copper kills.\nRESULTS: It did.",
    journal="Heart (British Cardiac Society)",
    journal_abbreviation="Heart",
    publication_date=PublicationDate(printed="1998 Dec-1999 Jan", first=date(1998, 12, 1), last=date(1999, 1, 31)),
    authors=(
        Author(
            last_name="Öz", fore_name="Ann Berta", initials="AB", orcid="0000-0002-1825-009X", affiliations=("Here.",)
        ),
        Author(collective_name="The Copper and Zinc Group"),
    ),
    mesh=(
        MeshHeading(ui="D1", name="Aged", major=False),
        MeshHeading(ui="D2", name="Copper", major=True),
        MeshHeading(
            ui="D3",
            name="Hypertension",
            major=True,
            qualifiers=(
                MeshQualifier(ui="Q1", name="drug therapy", major=True),
                MeshQualifier(ui="Q2", name="etiology", major=False),
            ),
        ),
    ),
    publication_types=("Clinical Trial", "Retracted Publication"),
    keywords=("surfaces",),
    doi="10.1/ab_c%20d",
    pmc="PMC123456",
    languages=("eng",),
    owner="NLM",
    volume="12",
    issue="3",
    pages="187-92",
    details=Details(
        journal_issn="1111-1111",
        grants=(Grant(number="R01 HL1", acronym="HL", agency="NHLBI NIH HHS", country="United States"),),
        chemicals=(Chemical(registry_number="789U1901C5", ui="", name="Copper"),),
        corrections=(Correction(kind="RetractionIn", source="Heart. 2001;1(1):2", pmid=11111111, note=""),),
    ),
)
PLAIN = Article(pmid=local_number(doi=None, title="Plain", year=None, first_author=""), title="Plain")


def row_of(article: Article, **more: Any) -> ExportRow:
    """The article as it comes from the database."""
    date_ = article.publication_date
    return ExportRow(
        pmid=article.pmid, title=article.title, abstract=article.abstract, journal=article.journal,
        journal_abbreviation=article.journal_abbreviation, publication_year=date_.year, publication_date=date_.first,
        publication_date_printed=date_.printed, authors=to_builtins(article.authors), mesh=to_builtins(article.mesh),
        publication_types=list(article.publication_types), keywords=list(article.keywords), doi=article.doi,
        pmc=article.pmc, languages=list(article.languages), owner=article.owner, volume=article.volume,
        issue=article.issue, pages=article.pages, details=to_builtins(article.details), retracted=False,
        citations=more.get("citations"), relative_citation_ratio=more.get("ratio"),
    )  # fmt: skip


def written(wanted: ExportFormat, *articles: Article, context: Context | None = None) -> bytes:
    return b"".join(export_pieces((row_of(article) for article in articles), wanted, context))


READERS = {ExportFormat.CSV: read_csv, ExportFormat.RIS: read_ris, ExportFormat.NBIB: read_nbib}


def read_again(wanted: ExportFormat, *articles: Article) -> list[Article]:
    found = READERS[wanted](io.BytesIO(written(wanted, *articles).removeprefix(b"\xef\xbb\xbf")), "export")
    return [record for record in found if isinstance(record, Article)]


def common(article: Article) -> tuple[Any, ...]:
    """What every format keeps."""
    return (
        article.pmid, article.title, article.abstract, article.abstract_sections or None, article.journal,
        [author.last_name or author.collective_name for author in article.authors], article.publication_types,
        article.doi, article.pmc, article.languages, article.volume, article.issue, article.pages,
        article.publication_date,
    )  # fmt: skip


@pytest.mark.parametrize("wanted", READERS)
def test_what_is_exported_and_imported_is_the_same(wanted: ExportFormat) -> None:
    full, plain = read_again(wanted, ARTICLE, PLAIN)
    kept = replace(ARTICLE, abstract_sections=full.abstract_sections)
    assert common(full) == common(kept)
    assert [section.label for section in full.abstract_sections] == ["BACKGROUND", "RESULTS"]
    assert common(plain) == common(PLAIN)
    assert is_local(plain.pmid)


def test_nbib_keeps_what_pubmed_tells() -> None:
    full, _ = read_again(ExportFormat.NBIB, ARTICLE, PLAIN)
    assert full.authors == ARTICLE.authors
    assert [(heading.name, heading.major) for heading in full.mesh] == [
        ("Aged", False), ("Copper", True), ("Hypertension", True),
    ]  # fmt: skip
    assert [(item.name, item.major) for item in full.mesh[2].qualifiers] == [
        ("drug therapy", True), ("etiology", False),
    ]  # fmt: skip
    assert (full.keywords, full.journal_abbreviation) == (ARTICLE.keywords, ARTICLE.journal_abbreviation)
    assert (full.details.grants, full.details.chemicals) == (ARTICLE.details.grants, ARTICLE.details.chemicals)
    assert full.details.corrections == ARTICLE.details.corrections


def test_csv_keeps_mesh_and_keywords() -> None:
    (full,) = read_again(ExportFormat.CSV, ARTICLE)
    assert [heading.name for heading in full.mesh] == ["Aged", "Copper", "Hypertension"]
    assert full.keywords == ("surfaces",)


def test_the_prototypes_columns_come_first() -> None:
    assert COLUMNS[:15] == (
        "PMID", "Title", "Abstract", "Journal", "Publication Date", "Authors", "Citation Count", "Idea", "Keywords",
        "Max Results", "Search Timestamp", "Novelty Score", "Citation Rate Score", "Recency Score",
        "Opportunity Score",
    )  # fmt: skip


def test_a_table_says_what_is_known_and_leaves_the_rest_empty() -> None:
    context = Context(
        about={"Idea": "=copper", "Max Results": 7},
        scores={ARTICLE.pmid: {"Novelty Score": 0.5}},
    )
    rows = [replace(row_of(ARTICLE, citations=0, ratio=1.25), topic="Metals"), row_of(PLAIN)]
    data = b"".join(export_pieces(rows, ExportFormat.CSV, context)).decode("utf-8-sig")
    full, plain = csv.DictReader(io.StringIO(data, newline=""))
    assert (full["Citation Count"], full["RCR"], full["Novelty Score"], full["Topic"]) == ("0", "1.25", "0.5", "Metals")
    assert (full["Idea"], full["Max Results"], full["MeSH"]) == (
        "'=copper", "7", "Aged; *Copper; Hypertension/*drug therapy/etiology",
    )  # fmt: skip
    assert (plain["PMID"], plain["Citation Count"], plain["Novelty Score"]) == ("", "", "")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "\ufeff=1", "\uff1d1"]
)
def test_a_formula_is_neutralised(text: str) -> None:
    assert neutral(text) == "'" + text


def test_other_values_stay() -> None:
    assert [neutral(value) for value in ("text", "a=b", "", -5, 0.5)] == ["text", "a=b", "", -5, 0.5]


def test_excel_opens_it_and_runs_nothing() -> None:
    data = written(ExportFormat.EXCEL, replace(ARTICLE, title="=1+1", abstract="x" * 40_000), PLAIN)
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    heading, full, plain = sheet.iter_rows(values_only=True)
    assert heading == COLUMNS
    assert sheet["B2"].value == "=1+1"
    assert sheet["B2"].data_type != "f" or sheet["B2"].quotePrefix or sheet["B2"].data_type == "s"
    assert full[0] == 20301234
    assert len(str(full[2])) == 32_767
    assert (plain[0], plain[1]) == (None, "Plain")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
@example("_x0041_ and _x000D_\r\n\t\x0b\x00\ufffe\uffff <&>\"' ")
def test_excel_keeps_every_character(text: str) -> None:
    data = written(ExportFormat.EXCEL, replace(ARTICLE, title=text))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    # The library that reads leaves these escapes as they are.
    read = re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), str(sheet["B2"].value or ""))
    assert read == text


def test_a_cell_of_excel_ends_between_two_characters() -> None:
    data = written(ExportFormat.EXCEL, replace(ARTICLE, title="x" + "\N{DNA DOUBLE HELIX}" * 20_000))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    assert sheet["B2"].value == "x" + "\N{DNA DOUBLE HELIX}" * 16_383


def test_what_does_not_fit_on_a_sheet_goes_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    def sheets() -> list[list[object]]:
        data = written(ExportFormat.EXCEL, *(replace(ARTICLE, pmid=number) for number in range(1, 6)))
        return [
            [row[0] for row in sheet.iter_rows(values_only=True)] for sheet in openpyxl.load_workbook(io.BytesIO(data))
        ]

    monkeypatch.setattr(excel, "_ROWS", 2)
    assert sheets() == [["PMID", 1, 2], ["PMID", 3, 4], ["PMID", 5]]
    monkeypatch.setattr(excel, "_ROWS", 1000)
    monkeypatch.setattr(excel, "_SHEET_BYTES", 5_000)
    assert [name for sheet in sheets() for name in sheet[1:]] == [1, 2, 3, 4, 5]
    assert len(sheets()) > 1


def test_excel_goes_out_row_by_row() -> None:
    taken = 0

    def rows() -> Iterator[ExportRow]:
        nonlocal taken
        for number in range(2_000):
            taken += 1
            # What cannot be made smaller.
            yield row_of(replace(ARTICLE, abstract=base64.b64encode(random.Random(number).randbytes(1_000)).decode()))

    pieces = export_pieces(rows(), ExportFormat.EXCEL)
    first = next(pieces)
    assert taken < 200
    whole = first + b"".join(pieces)
    assert taken == 2_000
    assert zipfile.ZipFile(io.BytesIO(whole)).testzip() is None


def test_an_export_of_nothing_has_a_heading_or_is_empty() -> None:
    assert written(ExportFormat.CSV).decode("utf-8-sig").count("\n") == 1
    assert openpyxl.load_workbook(io.BytesIO(written(ExportFormat.EXCEL))).active.max_row == 1  # type: ignore[union-attr]
    assert written(ExportFormat.RIS) == written(ExportFormat.BIBTEX) == written(ExportFormat.NBIB) == b""


def test_rispy_reads_our_ris() -> None:
    full, plain = rispy.loads(written(ExportFormat.RIS, ARTICLE, PLAIN).decode().replace("\r\n", "\n"))
    assert (full["title"], full["doi"], full["year"]) == (ARTICLE.title, ARTICLE.doi, "1998")
    assert full["authors"] == ["Öz, Ann Berta", "The Copper and Zinc Group,"]
    assert full["keywords"] == ["surfaces", "Aged", "Copper", "Hypertension"]
    assert "accession_number" not in plain


def test_bibtexparser_reads_our_bibtex() -> None:
    library = bibtexparser.parse_string(written(ExportFormat.BIBTEX, ARTICLE, PLAIN).decode())
    assert not library.failed_blocks
    full, plain = library.entries
    assert full.entry_type == "article"
    assert full["author"] == "Öz, Ann Berta and {The Copper and Zinc Group}"
    assert full["title"] == r"Copper \& <zinc>: 100\% \textbraceleft{}safe\textbraceright{}? A\_b\#c"
    assert (full["doi"], full["pages"], full["pmid"]) == ("10.1/ab_c%20d", "187--92", "20301234")
    assert "pmid" not in plain.fields_dict
    assert full.key != plain.key


def test_rows_are_taken_only_as_they_are_needed() -> None:
    taken = 0

    def rows() -> Iterator[ExportRow]:
        nonlocal taken
        for _ in range(100_000):
            taken += 1
            yield row_of(ARTICLE)

    next(export_pieces(rows(), ExportFormat.CSV))
    assert taken < 1_000
    next(export_pieces(rows(), ExportFormat.RIS))
    assert taken < 1_001


@pytest.mark.parametrize(
    ("name", "wanted"), [("a.bib", ExportFormat.BIBTEX), ("A.XLSX", ExportFormat.EXCEL), ("a", None)]
)
def test_the_format_of_a_files_name(name: str, wanted: ExportFormat | None) -> None:
    assert format_named(name) is wanted


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"]), min_size=1, max_size=40).filter(
    lambda text: any(char.isalnum() for char in text)
)


@settings(suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(title=words, abstract=words, journal=words, keyword=words)
@pytest.mark.parametrize("wanted", READERS)
def test_any_text_survives_the_way_there_and_back(
    wanted: ExportFormat, title: str, abstract: str, journal: str, keyword: str
) -> None:
    def line(text: str) -> str:
        return " ".join(text.split())

    article = Article(pmid=7, title=f"T{line(title)}", abstract=f"a{line(abstract)}", journal=f"J{line(journal)}")
    (found,) = read_again(wanted, article)
    assert (found.pmid, found.title, found.abstract, found.journal) == (
        7, article.title, article.abstract, article.journal,
    )  # fmt: skip
    assert "\\{" not in written(ExportFormat.BIBTEX, replace(article, keywords=(keyword,))).decode()


@pytest.mark.parametrize("wanted", [ExportFormat.RIS, ExportFormat.NBIB])
def test_a_groups_name_may_have_a_comma(wanted: ExportFormat) -> None:
    group = Author(collective_name="The Copper Group, Europe")
    (found,) = read_again(wanted, replace(ARTICLE, authors=(group,)))
    assert found.authors == (group,)
