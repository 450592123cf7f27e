"""Reading NBIB, RIS, EndNote XML, CSV and lists of PMIDs, good and bad."""

import gzip
import io
import itertools
from collections.abc import Iterable
from pathlib import Path

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from primetime.articles.formats.csv_table import read_csv
from primetime.articles.formats.endnote_xml import read_endnote_xml
from primetime.articles.formats.nbib import read_nbib
from primetime.articles.formats.pmid_list import read_pmid_list
from primetime.articles.formats.recognising import read_articles, recognise
from primetime.articles.formats.ris import read_ris
from primetime.articles.local_number import is_local
from primetime.articles.record import Article, Record, SkippedRecord, WantedArticle
from primetime.errors import BadInput

NBIB = """
PMID- 20301234
OWN - NLM
STAT- MEDLINE
IS  - 1532-8511 (Electronic)
IS  - 1052-3057 (Linking)
VI  - 12
IP  - 3
DP  - 1998 Dec-1999 Jan
TI  - Copper surfaces and what
      grows upon them: a trial.
PG  - 53-60
LID - 10.1/abc [doi]
LID - S1 [pii]
AB  - BACKGROUND: Copper kills. METHODS: We looked. RESULTS: It did.
FAU - Öz, Ann Berta
AU  - Oz AB
AUID- ORCID: 0000-0002-1825-009X
AD  - Here.
FAU - Doe, John Jr
AU  - Doe J Jr
CN  - The Copper Group
LA  - eng
GR  - R01 HL1234/HL/NHLBI NIH HHS/United States
PT  - Clinical Trial
PT  - Retracted Publication
TA  - Heart
JT  - Heart (British Cardiac Society)
RN  - 789U1901C5 (Copper)
MH  - *Copper/adverse effects/*therapeutic use
MH  - Humans
OT  - *surfaces
RIN - Heart. 2001 Jan;1(1):2. PMID: 11111111
PMC - PMC123456

PMID- x
TI  - A bad number

PMID- 20301235
TI  - Another.
""".lstrip()

RIS = """TY  - JOUR
AU  - Öz, Ann Berta
AU  - The Copper Group
TI  - Copper surfaces
T2  - Journal of Surfaces
JA  - J Surf
PY  - 1998
DA  - 1998/12/01/1998 Dec-1999 Jan
VL  - 12
IS  - 3
SP  - 53
EP  - 60
DO  - https://doi.org/10.1/ABC
KW  - copper
KW  - surfaces
AB  - Copper kills.
 It does.
DB  - PubMed
AN  - 20301234
ER  -

TY  - BOOK
TI  - A book
ER  -
TY  - JOUR
TI  - It does not end
TY  - JOUR
TI  - It does
PY  - 2018
ER  -
"""


def endnote(*records: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8" ?><xml><records>{"".join(records)}</records></xml>'


ENDNOTE_RECORD = (
    '<record><ref-type name="Journal Article">17</ref-type><contributors><authors><author><style face="normal">'
    "Öz, A. B.</style></author></authors></contributors><titles><title><style>Copper </style><style>surfaces</style>"
    "</title><secondary-title>J Surf</secondary-title></titles><pages>53-60</pages><volume>12</volume>"
    "<dates><year>2018</year><pub-dates><date>Sep 1</date></pub-dates></dates>"
    "<isbn>1111-1111&#xD;2222-2222</isbn><accession-num>20301234</accession-num><abstract>It kills.</abstract>"
    "<electronic-resource-num>10.1/ABC</electronic-resource-num>"
    "<remote-database-provider>NLM</remote-database-provider><language>eng</language></record>"
)


def records(text: str, reader: object = read_ris) -> list[Record]:
    return list(reader(io.BytesIO(text.encode()), "file"))  # type: ignore[operator]


def articles(text: str, reader: object = read_ris) -> list[Article]:
    return [record for record in records(text, reader) if isinstance(record, Article)]


def problems(text: str, reader: object = read_ris) -> list[str]:
    return [str(record) for record in records(text, reader) if isinstance(record, SkippedRecord)]


def test_nbib_in_full() -> None:
    found, other = articles(NBIB, read_nbib)
    assert (found.pmid, found.version, found.owner) == (20301234, 0, "NLM")
    assert found.title == "Copper surfaces and what grows upon them: a trial."
    assert [(part.label, part.text) for part in found.abstract_sections] == [
        ("BACKGROUND", "Copper kills."), ("METHODS", "We looked."), ("RESULTS", "It did."),
    ]  # fmt: skip
    assert found.abstract == "BACKGROUND: Copper kills.\nMETHODS: We looked.\nRESULTS: It did."
    assert (found.journal, found.journal_abbreviation) == ("Heart (British Cardiac Society)", "Heart")
    assert (found.publication_date.printed, str(found.publication_date.last)) == ("1998 Dec-1999 Jan", "1999-01-31")
    assert [author.last_name or author.collective_name for author in found.authors] == ["Öz", "Doe", "The Copper Group"]
    assert (found.authors[0].initials, found.authors[0].orcid) == ("AB", "0000-0002-1825-009X")
    assert found.authors[0].affiliations == ("Here.",)
    assert (found.authors[1].fore_name, found.authors[1].initials, found.authors[1].suffix) == ("John", "J", "Jr")
    copper, humans = found.mesh
    assert (copper.name, copper.major, humans.major) == ("Copper", True, False)
    assert [(one.name, one.major) for one in copper.qualifiers] == [
        ("adverse effects", False), ("therapeutic use", True),
    ]  # fmt: skip
    assert found.publication_types == ("Clinical Trial", "Retracted Publication")
    assert (found.doi, found.pmc, found.keywords) == ("10.1/abc", "PMC123456", ("surfaces",))
    assert (found.volume, found.issue, found.pages, found.languages) == ("12", "3", "53-60", ("eng",))
    details = found.details
    assert (details.corrections[0].kind, details.corrections[0].pmid) == ("RetractionIn", 11111111)
    assert (details.grants[0].number, details.grants[0].country) == ("R01 HL1234", "United States")
    assert (details.chemicals[0].registry_number, details.chemicals[0].name) == ("789U1901C5", "Copper")
    assert (details.journal_issn, details.journal_issn_linking) == ("1532-8511", "1052-3057")
    assert other.title == "Another."
    assert problems(NBIB, read_nbib) == ["record 2 (line 35): 'x' is not a PMID"]


def test_ris_in_full() -> None:
    found, last = articles(RIS)
    assert (found.pmid, found.version, found.title) == (20301234, -1, "Copper surfaces")
    assert (found.journal, found.journal_abbreviation) == ("Journal of Surfaces", "J Surf")
    assert found.publication_date.printed == "1998 Dec-1999 Jan"
    assert [author.last_name or author.collective_name for author in found.authors] == ["Öz", "The Copper Group"]
    assert (found.authors[0].fore_name, found.authors[0].initials) == ("Ann Berta", "AB")
    assert (found.pages, found.doi, found.keywords) == ("53-60", "10.1/ABC", ("copper", "surfaces"))
    assert found.abstract == "Copper kills. It does."
    assert is_local(last.pmid)
    assert last.publication_date.year == 2018
    assert problems(RIS) == [
        "record 2 (line 22): book, not an article",
        "record 3 (line 25): it does not end: no ER line",
    ]


def test_endnote_in_full() -> None:
    (found,) = articles(endnote(ENDNOTE_RECORD), read_endnote_xml)
    assert (found.pmid, found.title, found.journal) == (20301234, "Copper surfaces", "J Surf")
    assert (found.authors[0].last_name, found.authors[0].initials) == ("Öz", "AB")
    assert (found.publication_date.printed, found.pages, found.volume) == ("2018 Sep 1", "53-60", "12")
    assert (found.doi, found.abstract, found.details.journal_issn) == ("10.1/ABC", "It kills.", "1111-1111")


def test_an_endnote_record_that_is_not_well_formed_costs_only_itself() -> None:
    text = endnote("\n<record><titles><title>A & B</title></titles></record>", ENDNOTE_RECORD, "<record></record>")
    assert len(articles(text, read_endnote_xml)) == 1
    assert [problem.split(":")[0] for problem in problems(text, read_endnote_xml)] == [
        "record 1 (line 2)", "record 3 (line 2)",
    ]  # fmt: skip


def test_an_endnote_entity_is_not_resolved() -> None:
    text = endnote("<record><titles><title>&secret;</title></titles></record>").replace(
        "<xml>", '<!DOCTYPE xml [<!ENTITY secret SYSTEM "file:///etc/hostname">]><xml>'
    )
    assert articles(text, read_endnote_xml) == []
    assert "not well-formed" in problems(text, read_endnote_xml)[0]


def test_a_truncated_endnote_file_is_refused() -> None:
    with pytest.raises(BadInput, match="it ends in record 2"):
        records(endnote(ENDNOTE_RECORD, ENDNOTE_RECORD)[:-40], read_endnote_xml)


@pytest.mark.parametrize(
    ("fields", "pmid"),
    [
        ("C5  - 23038099\nDB  - Embase Medline\n", 23038099),
        ("C3  - PUBMED 17081282\nAN  - CN-00576815\n", 17081282),
        ("UR  - https://pubmed.ncbi.nlm.nih.gov/123456/\n", 123456),
        ("N1  - PMID: 77777\n", 77777),
        ("AN  - 23038099\nDB  - Embase\n", None),
        ("C5  - 23038099\n", None),
    ],
)
def test_where_databases_put_a_pmid(fields: str, pmid: int | None) -> None:
    (found,) = articles(f"TY  - JOUR\nTI  - T\n{fields}ER  - \n")
    assert (None if is_local(found.pmid) else found.pmid) == pmid


def test_csv_of_ours_of_pubmed_and_of_scopus() -> None:
    ours = (
        "\ufeffPMID,Title,Abstract,Authors,MeSH\r\n"
        '7,\'=Asthma,"AIM: See.\nRESULTS: Seen.",Öz AB; The Group,Aged; *Lung\r\n'
    )
    (found,) = articles(ours, read_csv)
    assert (found.pmid, found.title, found.abstract) == (7, "=Asthma", "AIM: See.\nRESULTS: Seen.")
    assert [(author.last_name, author.collective_name) for author in found.authors] == [
        ("Öz", None), (None, "The Group"),
    ]  # fmt: skip
    assert [(heading.name, heading.major) for heading in found.mesh] == [("Aged", False), ("Lung", True)]
    pubmed = 'PMID,Title,Authors,Journal/Book,Publication Year\n8,T,"Öz A, Doe JB.",Heart,2001\n'
    (found,) = articles(pubmed, read_csv)
    assert [author.last_name for author in found.authors] == ["Öz", "Doe"]
    assert (found.journal, found.publication_date.year) == ("Heart", 2001)
    scopus = "Authors;Title;Year;Source title;Page start;Page end;DOI\nSmith, John;T;2020;J;1;9;10.1/a\n"
    (found,) = articles(scopus, read_csv)
    assert (found.authors[0].last_name, found.authors[0].fore_name) == ("Smith", "John")
    assert (found.pages, found.doi) == ("1-9", "10.1/a")


def test_bad_rows_of_csv_are_told_with_their_place() -> None:
    text = 'PMID,Title\n1,"two\nlines"\n2,\n\nthree,T\n'
    assert len(articles(text, read_csv)) == 1
    assert problems(text, read_csv) == [
        "record 2 (line 4): no title", "record 3 (line 6): 'three' is not a PMID",
    ]  # fmt: skip


def test_csv_without_titles_or_in_another_encoding_is_refused() -> None:
    with pytest.raises(BadInput, match="no column for the title"):
        records("PMID,Year\n1,2\n", read_csv)
    with pytest.raises(BadInput, match="not UTF-8 at line 2"):
        list(read_csv(io.BytesIO("Title\nÖz\n".encode("latin-1")), "x.csv"))


def test_a_list_of_pmids() -> None:
    found = records("PMID\n1, 2;3\n\nPMID:4 x -5 99999999999999999\n", read_pmid_list)
    assert [record.pmid for record in found if isinstance(record, WantedArticle)] == [1, 2, 3, 4]
    assert [str(record) for record in found if isinstance(record, SkippedRecord)] == [
        "record 5 (line 4): 'x' is not a PMID",
        "record 6 (line 4): '-5' is not a PMID",
        "record 7 (line 4): '99999999999999999' is not a PMID",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (NBIB, "NBIB"), (RIS, "RIS"), (endnote(ENDNOTE_RECORD), "EndNote XML"), ("Title,PMID\nT,1\n", "CSV"),
        ("12\n34\n", "PMID list"), ("PMID\n12\n", "PMID list"), ("12,34", "PMID list"),
        ("<PubmedArticleSet></PubmedArticleSet>", "PubMed XML"),
    ],
)  # fmt: skip
def test_the_format_is_told_by_the_content_plain_gzip_and_utf_16(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / "file.bin"
    for data in (text.encode(), gzip.compress(text.encode()), text.encode("utf-16"), text.encode("utf-8-sig")):
        path.write_bytes(data)
        assert recognise(path).name == name
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert recognise(path).name == name


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"), (b"just words", "in no format"), (b"<html></html>", "begins with <html>"),
        (b"PK\x03\x04\0\0Title,PMID", "in no format"),
    ],
)  # fmt: skip
def test_what_is_no_format_is_refused_with_what_would_be(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "file.ris"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=words):
        recognise(path)


def test_a_record_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "file.ris"
    path.write_bytes(b"TY  - JOUR\nTI  - \xd6z\nER  -\nTY  - JOUR\nTI  - Plain\nER  -\n")
    bad, good = read_articles(path)
    assert isinstance(bad, SkippedRecord)
    assert bad.reason == "not UTF-8: save the file in UTF-8"
    assert isinstance(good, Article)


def test_the_same_article_gets_the_same_number_and_it_is_no_pmid() -> None:
    (one,) = articles("TY  - JOUR\nTI  - The [same] Title.\nAU  - Öz, A\nPY  - 2001\nER  - \n")
    (other,) = articles("Title,Authors,Year\nthe same title,Öz AB,2001\n", read_csv)
    (third,) = articles("Title,Authors,Year\nthe same title,Öz AB,2002\n", read_csv)
    assert one.pmid == other.pmid != third.pmid
    assert 4_500_000_000_000_000 < one.pmid < 2**53


plain = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]), min_size=1, max_size=30)


@given(st.lists(st.tuples(plain, plain, st.integers(1900, 2100)), min_size=1, max_size=5))
def test_ris_reads_what_rispy_writes(given_records: list[tuple[str, str, int]]) -> None:
    text = rispy.dumps(
        [
            {"type_of_reference": "JOUR", "title": f"T{title}", "authors": [f"A{name}, B."], "year": str(year)}
            for title, name, year in given_records
        ]
    )
    found = articles(text)
    assert [(article.title, article.publication_date.year) for article in found] == [
        (" ".join(f"T{title}".split()), year) for title, _, year in given_records
    ]


@given(st.binary(max_size=400))
@pytest.mark.parametrize("reader", [read_nbib, read_ris, read_endnote_xml, read_csv, read_pmid_list])
@pytest.mark.parametrize("head", [b"", b"PMID- 1\nTI  - ", b"TY  - JOUR\nTI  - ", b"<record><titles>", b"Title,PMID\n"])
def test_any_bytes_give_records_or_one_error(reader: object, head: bytes, data: bytes) -> None:
    try:
        for record in reader(io.BytesIO(head + data), "file"):  # type: ignore[operator]
            assert isinstance(record, (Article, SkippedRecord, WantedArticle))
            if isinstance(record, Article):
                assert record.title
                assert "\0" not in f"{record}"
    except BadInput as error:
        assert "\n" not in str(error)


def test_a_table_with_the_line_ends_of_old_macintoshes_is_refused() -> None:
    with pytest.raises(BadInput, match="old Macintoshes"):
        list(read_csv(io.BytesIO(b"Title,PMID\rA title,1\r"), "file"))


def test_a_list_of_pmids_may_have_the_line_ends_of_old_macintoshes(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_bytes(b"11\r12\r13\r")
    found = list(read_articles(tmp_path / "list.txt"))
    assert [record.pmid for record in found if isinstance(record, WantedArticle)] == [11, 12, 13]


def test_a_record_without_end_is_refused_before_it_fills_the_memory() -> None:
    endless = itertools.chain([b"TY  - JOUR\nTI  - T\n"], itertools.repeat(b"more and more of it\n" * 50_000, 40))
    with pytest.raises(BadInput, match="a record of more than 32 MB at line 1"):
        list(read_ris(_Chunks(endless), "bomb.ris"))


class _Chunks(io.RawIOBase):
    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)

    def read(self, size: int = -1) -> bytes:
        return next(self._chunks, b"")
