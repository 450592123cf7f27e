"""What is read from a record's text itself is what its tree tells."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from primetime.articles.byte_window import open_plain_or_gzip
from primetime.articles.pubmed_citation import MalformedError, read_record
from primetime.articles.pubmed_plain_parts import NOTHING_TAKEN, take_plain_parts
from primetime.articles.pubmed_xml import read_pubmed_xml
from primetime.articles.record import Article, DeletedCitations, SkippedRecord
from primetime.articles.record_stream import split_records

RECORD = b"""<PubmedArticle>
    <MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">7</PMID>
        <DateCompleted><Year>1993</Year><Month>11</Month><Day>15</Day></DateCompleted>
        <Article><Journal><ISSN IssnType="Print">0377-8231</ISSN><JournalIssue CitedMedium="Print"><Volume>3</Volume>
            <PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate></JournalIssue><Title>J</Title></Journal>
            <ArticleTitle>T</ArticleTitle>
            <AuthorList CompleteYN="Y">
                <Author ValidYN="Y"><LastName>Doe</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials></Author>
                <Author ValidYN="Y" EqualContrib="Y"><LastName>Roe</LastName><Suffix>Jr</Suffix>
                    <Identifier Source="ORCID">0000-0002-1825-0097</Identifier>
                    <AffiliationInfo><Affiliation>Here &amp; there.</Affiliation></AffiliationInfo></Author>
                <Author><CollectiveName>The Group</CollectiveName></Author>
            </AuthorList>
            <PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>
        </Article>
        <MedlineJournalInfo><Country>Belgium</Country><MedlineTA>J</MedlineTA></MedlineJournalInfo>
        <ChemicalList><Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="D1">Lipids</NameOfSubstance>
        </Chemical></ChemicalList>
        <CommentsCorrectionsList><CommentsCorrections RefType="ErratumIn"><RefSource>J. 2004;1:2</RefSource>
            <PMID Version="1">99</PMID><Note>a note</Note></CommentsCorrections></CommentsCorrectionsList>
        <MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N" Type="Geographic">Spain</DescriptorName>
            <QualifierName UI="Q1" MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading></MeshHeadingList>
    </MedlineCitation>
    <PubmedData>
        <History><PubMedPubDate PubStatus="pubmed"><Year>1976</Year><Month>1</Month><Day>1</Day><Hour>0</Hour>
            <Minute>1</Minute></PubMedPubDate></History>
        <ArticleIdList><ArticleId IdType="pubmed">7</ArticleId></ArticleIdList>
        <ReferenceList><Reference><Citation>C</Citation><ArticleIdList><ArticleId IdType="doi">10.1/x</ArticleId>
            <ArticleId IdType="pubmed">8</ArticleId></ArticleIdList></Reference></ReferenceList>
    </PubmedData>
</PubmedArticle>"""
PIECES = [
    *("", " ", "  ", "\n", "\u00a0", "\u2028", "\x01", "\x7f", "\ufffe", "é", "0", "N", '"', "'", "=", "<", ">", "]]>"),
    *("&", "&amp;", "&lt;", "&#9;", "&quot;", "<i>x</i>", "<!-- c -->", "<![CDATA[x]]>", "<?pi?>", "<!--", "-->"),
    *(
        "<Author/>",
        "</Author>",
        "<AuthorList>",
        "</AuthorList>",
        "<History/>",
        "<Year>x</Year>",
        "<Journal>\x7f</Journal>",
    ),
    *(
        "<Reference/>",
        "<Note>n</Note>",
        "<MeshHeading></MeshHeading>",
        "<ArticleIdList></ArticleIdList>",
        ' ValidYN="N"',
    ),
]


def from_tree(xml: bytes) -> Article | DeletedCitations | None:
    """The record as its tree alone tells it, None where it cannot be read."""
    parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        return read_record(etree.fromstring(xml, parser))
    except (etree.XMLSyntaxError, MalformedError):
        return None


def check(xml: bytes) -> None:
    (found,) = read_pubmed_xml(io.BytesIO(b"<PubmedArticleSet>" + xml + b"</PubmedArticleSet>"), "one.xml")
    assert (None if isinstance(found, SkippedRecord) else found) == from_tree(xml)


def test_every_plain_part_is_taken_and_nothing_is_lost() -> None:
    left, taken = take_plain_parts(RECORD)
    empty = [field for field in taken.__struct_fields__ if getattr(taken, field) == getattr(NOTHING_TAKEN, field)]
    assert empty == ["revised"]
    assert len(left) < len(RECORD) / 2
    check(RECORD)


def test_a_part_that_is_not_plain_is_read_from_the_tree() -> None:
    for at in range(len("<PubmedArticle>"), RECORD.rindex(b"</")):
        if RECORD[at - 1 : at] in (b">", b'"'):
            for piece in PIECES:
                check(RECORD[:at] + piece.encode() + RECORD[at:])


def test_what_looks_like_a_part_and_is_text_is_left_alone() -> None:
    part = b"<DateRevised><Year>1993</Year><Month>11</Month><Day>15</Day></DateRevised>"
    for around in (b"<![CDATA[%b]]>", b"<!-- %b -->", b"<?x %b?>"):
        changed = RECORD.replace(b">T<", b">T" + around % part + b"<")
        assert take_plain_parts(changed)[0] == changed
        check(changed)


def test_a_long_text_is_not_kept_in_memory() -> None:
    changed = RECORD.replace(b"drug therapy", b"drug therapy " * 200)
    assert take_plain_parts(changed)[1].mesh == ()
    check(changed)


@given(
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1, max_size=3)
)
def test_any_change_gives_what_the_tree_gives(changes: list[tuple[float, int, str]]) -> None:
    xml = RECORD
    for place, length, piece in changes:
        at = 15 + round(place * (len(xml) - 40))
        xml = xml[:at] + piece.encode() + xml[at + length :]
    if xml.startswith(b"<PubmedArticle>") and xml.count(b"PubmedArticle") == 2 and xml.endswith(b"</PubmedArticle>"):
        check(xml)


@pytest.mark.parametrize("name", ["pubmed/pubmedsample18n0001.xml.gz", "eutils/pubmed4.xml", "eutils/pubmed7.xml"])
def test_real_records_are_read_as_their_trees_tell(shared_data: Path, name: str) -> None:
    with open_plain_or_gzip(shared_data / name) as stream:
        records = list(split_records(stream, name))
    for raw in records:
        check(raw.xml)
    assert sum(len(take_plain_parts(raw.xml)[0]) for raw in records) < sum(len(raw.xml) for raw in records) * 0.4
