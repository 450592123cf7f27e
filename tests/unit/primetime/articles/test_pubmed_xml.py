"""Reading PubMed XML, good and bad."""

import gzip
import io
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from primetime.articles.pubmed_xml import read_pubmed_file, read_pubmed_xml
from primetime.articles.record import Article, DeletedCitations, Record, SkippedRecord
from primetime.errors import BadInput

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD" "https://dtd.nlm.nih.gov/x.dtd">\n<PubmedArticleSet>\n'
)
TAIL = "</PubmedArticleSet>\n"


def record(pmid: str = "1", *, title: str = "T", article: str = "", citation: str = "", data: str = "") -> str:
    return (
        f'<PubmedArticle><MedlineCitation Owner="NLM"><PMID Version="2">{pmid}</PMID><Article><Journal><JournalIssue>'
        f"<PubDate><Year>1999</Year><Month>Mar</Month></PubDate></JournalIssue><Title>J</Title></Journal>"
        f"<ArticleTitle>{title}</ArticleTitle>{article}</Article>{citation}</MedlineCitation>"
        f"<PubmedData>{data}</PubmedData></PubmedArticle>\n"
    )


def read(text: str | bytes) -> list[Record]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_pubmed_xml(io.BytesIO(data), "corpus.xml"))


def read_one(text: str) -> Article:
    (found,) = read(HEAD + text + TAIL)
    assert isinstance(found, Article), found
    return found


def test_everything_kept_of_a_record() -> None:
    found = read_one(
        record(
            "42",
            title="Effect of <i>E. coli</i> on 10<sup>-3</sup> M CO<sub>2</sub>",
            article=(
                '<ELocationID EIdType="doi" ValidYN="Y">10.1/elocation</ELocationID>'
                '<Abstract><AbstractText Label="AIM">To <b>see</b>.</AbstractText>'
                "<AbstractText>It &lt; was.</AbstractText></Abstract>"
                "<AuthorList><Author><LastName>Öz</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials>"
                '<Identifier Source="ORCID">http://orcid.org/000000021825009x</Identifier>'
                "<AffiliationInfo><Affiliation>Here.</Affiliation></AffiliationInfo>"
                "<AffiliationInfo><Affiliation>There.</Affiliation></AffiliationInfo></Author>"
                '<Author ValidYN="N"><LastName>Misprint</LastName></Author>'
                "<Author><CollectiveName>The Group</CollectiveName></Author></AuthorList>"
                "<Language>eng</Language><PublicationTypeList><PublicationType>Review</PublicationType>"
                "</PublicationTypeList>"
            ),
            citation=(
                '<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">Hypertension</DescriptorName>'
                '<QualifierName UI="Q1" MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading></MeshHeadingList>'
                "<KeywordList><Keyword>blood</Keyword></KeywordList>"
            ),
            data=(
                '<ArticleIdList><ArticleId IdType="doi">10.1/x</ArticleId><ArticleId IdType="pmc">PMC7</ArticleId>'
                "</ArticleIdList><ReferenceList><Reference><ArticleIdList>"
                '<ArticleId IdType="doi">10.1/cited</ArticleId>'
                "</ArticleIdList></Reference></ReferenceList>"
            ),
        )
    )
    assert (found.pmid, found.version, found.title) == (42, 2, "Effect of E. coli on 10^-3 M CO2")
    assert found.abstract == "AIM: To see.\nIt < was."
    assert [(part.label, part.text) for part in found.abstract_sections] == [("AIM", "To see."), ("", "It < was.")]
    person, group = found.authors
    assert (person.last_name, person.orcid, person.affiliations) == ("Öz", "0000-0002-1825-009X", ("Here.", "There."))
    assert group.collective_name == "The Group"
    assert found.mesh[0].major
    assert found.mesh[0].qualifiers[0].name == "drug therapy"
    assert (found.doi, found.pmc) == ("10.1/x", "PMC7")
    assert found.publication_date.first == date(1999, 3, 1)
    assert found.publication_date.last == date(1999, 3, 31)
    assert (found.languages, found.publication_types, found.keywords, found.owner) == (
        ("eng",),
        ("Review",),
        ("blood",),
        "NLM",
    )


def test_details_kept_of_a_record() -> None:
    found = read_one(
        record(
            article=(
                "<Pagination><MedlinePgn>69-81</MedlinePgn></Pagination><GrantList><Grant><GrantID>R01 A</GrantID>"
                "<Acronym>HL</Acronym><Agency>NHLBI</Agency><Country>United States</Country></Grant></GrantList>"
                "<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>"
                "<AccessionNumber>NCT01</AccessionNumber></AccessionNumberList></DataBank></DataBankList>"
                "<VernacularTitle>Titel</VernacularTitle>"
                "<ArticleDate><Year>1999</Year><Month>02</Month><Day>9</Day></ArticleDate>"
            ),
            citation=(
                "<ChemicalList><Chemical><RegistryNumber>0</RegistryNumber>"
                '<NameOfSubstance UI="D1">Lipids</NameOfSubstance></Chemical></ChemicalList>'
                "<SupplMeshList><SupplMeshName Type='Disease' UI='C1'>Rare</SupplMeshName></SupplMeshList>"
                "<CommentsCorrectionsList><CommentsCorrections RefType='RetractionIn'><RefSource>J. 2004;1:2"
                "</RefSource><PMID>99</PMID><Note>withdrawn</Note></CommentsCorrections></CommentsCorrectionsList>"
                "<OtherAbstract Type='Publisher' Language='spa'><AbstractText>Hola</AbstractText></OtherAbstract>"
                "<KeywordList Owner='NOTNLM'><Keyword>a</Keyword></KeywordList><KeywordList><Keyword>b</Keyword>"
                "</KeywordList><CoiStatement>None.</CoiStatement><InvestigatorList><Investigator>"
                "<LastName>Doe</LastName></Investigator></InvestigatorList>"
            ),
            data=(
                "<History><PubMedPubDate PubStatus='received'><Year>1998</Year><Month>3</Month><Day>7</Day>"
                "<Hour>0</Hour></PubMedPubDate></History><PublicationStatus>ppublish</PublicationStatus>"
                "<ReferenceList><Title>R</Title><Reference><Citation>C1</Citation><ArticleIdList>"
                "<ArticleId IdType='pubmed'>7</ArticleId></ArticleIdList></Reference><ReferenceList><Reference>"
                "<Citation>C2</Citation></Reference></ReferenceList></ReferenceList>"
            ),
        )
    )
    told = found.details
    assert (found.pages, found.keywords) == ("69-81", ("a", "b"))
    assert (told.vernacular_title, told.electronic_date, told.conflicts) == ("Titel", "1999-02-09", "None.")
    assert [(item.number, item.agency) for item in told.grants] == [("R01 A", "NHLBI")]
    assert [(item.name, item.accession_numbers) for item in told.data_banks] == [("ClinicalTrials.gov", ("NCT01",))]
    assert [(item.ui, item.name) for item in told.chemicals] == [("D1", "Lipids")]
    assert [(item.kind, item.name) for item in told.supplementary_concepts] == [("Disease", "Rare")]
    assert [(item.kind, item.pmid, item.note) for item in told.corrections] == [("RetractionIn", 99, "withdrawn")]
    assert [(item.language, item.text) for item in told.other_abstracts] == [("spa", "Hola")]
    assert [(item.status, item.date) for item in told.history] == [("received", "1998-03-07")]
    assert [(item.citation, item.pmid) for item in told.references] == [("C1", 7), ("C2", None)]
    assert [person.last_name for person in told.investigators] == ["Doe"]
    assert told.publication_status == "ppublish"


def test_withdrawn_records_come_in_their_place() -> None:
    found = read(HEAD + record("1") + "<DeleteCitation><PMID>5</PMID><PMID>6</PMID></DeleteCitation>" + TAIL)
    assert found[1] == DeletedCitations(pmids=(5, 6))


def test_markup_that_spans_two_records_hides_neither() -> None:
    found = read(HEAD + record("1", title="a <!-- b") + record("2", title="c --> d") + record("3") + TAIL)
    assert [type(item) for item in found] == [SkippedRecord, Article, Article]


@pytest.mark.parametrize(
    ("bad", "reason", "pmid"),
    [
        (record("77", title="a & b"), "not well-formed XML at line 5", 77),
        (record("77", title="a <i>b"), "not well-formed XML at line 5", 77),
        (record("77", title="&undeclared;"), "not well-formed", 77),
        (record("77").replace('<PMID Version="2">77</PMID>', ""), "no PMID", None),
        (record("seven"), "'seven' is not a PMID", None),
        (record("0"), "'0' is not a PMID", 0),
        (record(str(2**63)), "is not a PMID", None),
        (record("77").replace('"2"', '"two"'), "'two' is not a version", 77),
        ("<PubmedArticle></PubmedArticle>\n", "no MedlineCitation/Article", None),
        (record("77").replace("</PubmedArticle>", ""), "<PubmedArticle> is not closed", 77),
        ("stray words", "'stray words' where a record should begin", None),
        ("<PubmedBookArticle><PMID>5</PMID></PubmedBookArticle>\n", "a book", 5),
        ("<DeleteCitation><PMID>x</PMID></DeleteCitation>\n", "deleted citations", None),
    ],
)
def test_a_bad_record_costs_only_itself(bad: str, reason: str, pmid: int | None) -> None:
    first, skipped, last = read(HEAD + record("1") + bad + record("3") + TAIL)
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert (first.pmid, last.pmid) == (1, 3)
    assert isinstance(skipped, SkippedRecord)
    assert (skipped.number, skipped.line, skipped.pmid) == (2, 5, pmid)
    assert reason in str(skipped)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "not PubMed XML"),
        ("PMID- 1\nTI  - A title\n", "not PubMed XML"),
        ("<html><PubmedArticleSet></PubmedArticleSet></html>", "not PubMed XML"),
        (HEAD, "truncated"),
        (HEAD + record(), "truncated"),
        (HEAD + record()[:200], "truncated"),
        (HEAD + record() + "</PubmedArticleSet", "truncated"),
        (HEAD + record() + TAIL + "and more", "not PubMed XML"),
        ('<?xml version="1.0" encoding="x-martian"?><PubmedArticleSet/>', "unknown encoding"),
        ('<?xml version="1.0" encoding="hex"?><PubmedArticleSet/>', "unknown encoding"),
        ('<?xml version="1.0" encoding="rot13"?><PubmedArticleSet/>', "unknown encoding"),
    ],
)
def test_what_is_not_a_whole_set_is_refused(text: str, cause: str) -> None:
    with pytest.raises(BadInput, match=cause) as caught:
        read(text)
    assert caught.value.remedy
    assert "\n" not in caught.value.one_line


def test_an_entity_bomb_is_refused_before_it_is_expanded() -> None:
    bomb = '<!DOCTYPE PubmedArticleSet [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><PubmedArticleSet>'
    with pytest.raises(BadInput, match="declares XML entities"):
        read(bomb + record(title="&b;") + TAIL)


def test_an_external_entity_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with pytest.raises(BadInput, match="declares XML entities"):
        read(f'<!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "{secret.as_uri()}">]><PubmedArticleSet>{TAIL}')


def test_a_set_may_be_empty_and_sets_may_follow_each_other() -> None:
    assert read('<?xml version="1.0"?><PubmedArticleSet/>') == []
    assert len(read(HEAD + record("1") + TAIL + HEAD + record("2") + "<!-- end -->" + TAIL)) == 2


def test_another_encoding_is_read_as_declared() -> None:
    text = HEAD.replace("utf-8", "utf-16") + record(title="Naïve Größe") + TAIL
    (found,) = read(text.encode("utf-16"))
    assert isinstance(found, Article)
    assert found.title == "Naïve Größe"
    latin = (HEAD.replace("utf-8", "iso-8859-1") + record(title="Größe") + TAIL).encode("latin-1")
    (found,) = read(latin)
    assert isinstance(found, Article)
    assert found.title == "Größe"


def test_bytes_that_are_not_utf8_spoil_only_their_record() -> None:
    bad = record("2", title="@").encode().replace(b"@", b"\xff\xfe")
    kinds = [type(item) for item in read((HEAD + record("1")).encode() + bad + (record("3") + TAIL).encode())]
    assert kinds == [Article, SkippedRecord, Article]


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corpus.xml.gz"
    path.write_bytes(gzip.compress((HEAD + record() * 500 + TAIL).encode())[:-20])
    with pytest.raises(BadInput, match="truncated gzip"):
        list(read_pubmed_file(path))


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "corpus.xml.gz"
    data = bytearray(gzip.compress((HEAD + record() + TAIL).encode()))
    data[-8] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(BadInput, match="damaged gzip"):
        list(read_pubmed_file(path))


_COMPRESSED = gzip.compress((HEAD + record() * 20 + TAIL).encode())


@given(at=st.integers(2, len(_COMPRESSED) - 1), wrong=st.integers(1, 255))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_to_a_gzip_is_told_or_does_no_harm(tmp_path: Path, at: int, wrong: int) -> None:
    data = bytearray(_COMPRESSED)
    data[at] ^= wrong
    path = tmp_path / "corpus.xml.gz"
    path.write_bytes(data)
    try:
        found = list(read_pubmed_file(path))
    except BadInput:
        return
    assert len(found) == 20  # in the header's time or name


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xml", tmp_path):
        with pytest.raises(BadInput, match="cannot read"):
            list(read_pubmed_file(path))


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"))


@given(titles=st.lists(_TEXT, max_size=5))
def test_any_title_comes_back_but_for_white_space(titles: list[str]) -> None:
    text = HEAD + "".join(record(str(n + 1), title=escape(title)) for n, title in enumerate(titles)) + TAIL
    found = read(text)
    assert [" ".join(item.title.split()) for item in found if isinstance(item, Article)] == [
        " ".join(title.split()) for title in titles
    ]


@given(junk=st.binary(max_size=300), cut=st.integers(0, 400))
def test_any_bytes_give_records_or_one_clear_refusal(junk: bytes, cut: int) -> None:
    data = (HEAD + record("1")).encode()[:cut] + junk
    try:
        found = read(data)
    except BadInput as error:
        assert error.one_line
    else:
        assert all(isinstance(item, (Article, SkippedRecord)) for item in found)


def test_the_nlm_sample_is_read_whole(shared_data: Path) -> None:
    found = list(read_pubmed_file(shared_data / "pubmed" / "pubmedsample18n0001.xml.gz"))
    articles = [item for item in found if isinstance(item, Article)]
    assert len(articles) == len(found) == 177
    assert all(article.title and article.journal and article.publication_date.first for article in articles)
    assert sum(len(article.mesh) for article in articles) > 1000
    assert sum(len(article.details.corrections) for article in articles) == 577
    assert sum(len(article.details.chemicals) for article in articles) == 342
    assert sum(len(article.details.history) for article in articles) == 566
    assert sum(len(article.details.grants) for article in articles) == 34
    by_printed = {article.publication_date.printed: article.publication_date for article in articles}
    assert by_printed["1998 Dec-1999 Jan"].first == date(1998, 12, 1)
    assert by_printed["1998 Dec-1999 Jan"].last == date(1999, 1, 31)


def test_recorded_replies_of_efetch_are_read_with_their_references(shared_data: Path) -> None:
    found = [item for n in (1, 2, 4, 5, 6, 7) for item in read_pubmed_file(shared_data / "eutils" / f"pubmed{n}.xml")]
    articles = [item for item in found if isinstance(item, Article)]
    assert len(articles) == len(found) == 8
    assert sum(len(article.details.references) for article in articles) == 49
    assert sum(len(article.details.grants) for article in articles) == 38
