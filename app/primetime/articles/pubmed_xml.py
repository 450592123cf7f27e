"""Reading PubMed XML: https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd and its neighbours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from lxml import etree

from primetime.articles.byte_window import open_plain_or_gzip
from primetime.articles.markup import plain_text
from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import (
    AbstractSection,
    Article,
    Author,
    MeshHeading,
    MeshQualifier,
    PublicationDate,
)
from primetime.articles.record_stream import RawRecord, split_records

_PMID = re.compile(rb"<PMID\b[^>]*>\s*(\d{1,18})\s*<")
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])$", re.IGNORECASE)
_LARGEST_PMID = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedRecord:
    """A record that could not be read, and where it is."""

    number: int  # 1 for the file's first record
    line: int
    pmid: int | None
    reason: str

    def __str__(self) -> str:
        pmid = f", PMID {self.pmid}" if self.pmid is not None else ""
        return f"record {self.number} (line {self.line}{pmid}): {self.reason}"


class _MalformedError(Exception):
    """A record lacks what an article cannot be without."""


def read_pubmed_file(path: Path) -> Iterator[Article | SkippedRecord]:
    """The articles of a file, plain or gzip, in order. Raises BadInput as `read_pubmed_xml` does."""
    with open_plain_or_gzip(path) as stream:
        yield from read_pubmed_xml(stream, str(path))


def read_pubmed_xml(stream: IO[bytes], name: str) -> Iterator[Article | SkippedRecord]:
    """The articles of one or more `PubmedArticleSet`s, one record in memory at a time.

    A record that cannot be read comes as a SkippedRecord. Raises BadInput, which names the stream `name`, when it
    is not PubMed XML, or ends early; that may be after many articles, so store them in one transaction.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    for raw in split_records(stream, name):
        try:
            yield _read_record(raw, parser)
        except _MalformedError as error:
            reason = str(error)
        except etree.XMLSyntaxError as error:
            # lxml counts the line within the record.
            reason = f"not well-formed XML at line {raw.line + (error.lineno or 1) - 1}: {error.msg}"
        else:
            continue
        pmid = _PMID.search(raw.xml)
        yield SkippedRecord(number=raw.number, line=raw.line, pmid=int(pmid[1]) if pmid else None, reason=reason)


def _read_record(raw: RawRecord, parser: etree.XMLParser) -> Article:
    if raw.problem:
        raise _MalformedError(raw.problem)
    root = etree.fromstring(raw.xml, parser)
    if root.tag == "DeleteCitation":
        raise _MalformedError(f"a list of {len(root)} deleted citations, which is not applied")
    if root.tag == "PubmedBookArticle":
        raise _MalformedError("a book or a book's chapter, not an article")
    citation = root.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        raise _MalformedError("no MedlineCitation/Article")
    pmid, version = _identity(citation)
    abstract_sections = _abstract_sections(article.find("Abstract"))
    journal = article.find("Journal")
    data = root.find("PubmedData")
    identifiers = data.find("ArticleIdList") if data is not None else None
    return Article(
        pmid=pmid,
        version=version,
        title=plain_text(article.find("ArticleTitle")) or plain_text(article.find("VernacularTitle")),
        abstract="\n".join(f"{part.label}: {part.text}" if part.label else part.text for part in abstract_sections),
        abstract_sections=abstract_sections,
        journal=_text(journal, "Title"),
        journal_abbreviation=_text(journal, "ISOAbbreviation") or _text(citation, "MedlineJournalInfo/MedlineTA"),
        publication_date=_publication_date(article),
        authors=tuple(_authors(article.find("AuthorList"))),
        mesh=tuple(_mesh(citation.find("MeshHeadingList"))),
        publication_types=_unique(plain_text(item) for item in article.iterfind("PublicationTypeList/PublicationType")),
        keywords=_unique(plain_text(item) for item in citation.iterfind("KeywordList/Keyword")),
        doi=_doi(article, identifiers),
        pmc=_identifier(identifiers, "pmc"),
        languages=_unique(plain_text(item) for item in article.iterfind("Language")),
        owner=citation.get("Owner", ""),
    )


def _identity(citation: etree._Element) -> tuple[int, int]:
    element = citation.find("PMID")
    printed = plain_text(element)
    if element is None or not printed:
        raise _MalformedError("no PMID")
    if not re.fullmatch(r"[0-9]{1,19}", printed) or not 0 < int(printed) <= _LARGEST_PMID:
        raise _MalformedError(f"{printed[:30]!r} is not a PMID")
    version = element.get("Version", "1")
    if not re.fullmatch(r"[0-9]{1,6}", version):
        raise _MalformedError(f"{version[:30]!r} is not a version of a PMID")
    return int(printed), int(version)


def _abstract_sections(abstract: etree._Element | None) -> tuple[AbstractSection, ...]:
    if abstract is None:
        return ()
    sections = (
        AbstractSection(label=(item.get("Label") or "").strip(), text=plain_text(item))
        for item in abstract.iterfind("AbstractText")
    )
    return tuple(section for section in sections if section.text)


def _publication_date(article: etree._Element) -> PublicationDate:
    """The issue's date; the electronic publication's where the issue has none that can be read."""
    best = PublicationDate(printed="")
    for path in ("Journal/JournalIssue/PubDate", "ArticleDate"):
        element = article.find(path)
        if element is None:
            continue
        found = read_publication_date(
            year=_text(element, "Year"),
            month=_text(element, "Month"),
            day=_text(element, "Day"),
            season=_text(element, "Season"),
            medline_date=_text(element, "MedlineDate"),
        )
        if found.first is not None:
            return found
        best = best if best.printed else found
    return best


def _authors(authors: etree._Element | None) -> Iterator[Author]:
    for element in authors if authors is not None else ():
        # ValidYN="N" marks a name as misprinted; the corrected one stands beside it.
        if element.tag != "Author" or element.get("ValidYN") == "N":
            continue
        author = Author(
            last_name=_text(element, "LastName") or None,
            fore_name=_text(element, "ForeName") or None,
            initials=_text(element, "Initials") or None,
            suffix=_text(element, "Suffix") or None,
            collective_name=_text(element, "CollectiveName") or None,
            orcid=_orcid(element),
            # Before 2013 an author had one bare Affiliation.
            affiliations=_unique(
                plain_text(item)
                for path in ("AffiliationInfo/Affiliation", "Affiliation")
                for item in element.iterfind(path)
            ),
        )
        if author.last_name or author.fore_name or author.collective_name:
            yield author


def _orcid(author: etree._Element) -> str | None:
    for element in author.iterfind("Identifier"):
        if element.get("Source") == "ORCID" and (match := _ORCID.search(plain_text(element))):
            return "-".join(match.groups()).upper()
    return None


def _mesh(headings: etree._Element | None) -> Iterator[MeshHeading]:
    for element in headings if headings is not None else ():
        descriptor = element.find("DescriptorName")
        name = plain_text(descriptor)
        if descriptor is None or not name:
            continue
        qualifiers = tuple(
            MeshQualifier(ui=item.get("UI", ""), name=plain_text(item), major=item.get("MajorTopicYN") == "Y")
            for item in element.iterfind("QualifierName")
        )
        major = descriptor.get("MajorTopicYN") == "Y" or any(qualifier.major for qualifier in qualifiers)
        yield MeshHeading(ui=descriptor.get("UI", ""), name=name, major=major, qualifiers=qualifiers)


def _doi(article: etree._Element, identifiers: etree._Element | None) -> str | None:
    doi = _identifier(identifiers, "doi")
    if doi is None:
        for element in article.iterfind("ELocationID"):
            if element.get("EIdType") == "doi" and element.get("ValidYN") != "N":
                doi = plain_text(element) or None
                break
    return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", doi, flags=re.IGNORECASE) if doi else None


def _identifier(identifiers: etree._Element | None, kind: str) -> str | None:
    for element in identifiers if identifiers is not None else ():
        if element.get("IdType") == kind:
            return plain_text(element) or None
    return None


def _text(element: etree._Element | None, path: str) -> str:
    return plain_text(element.find(path)) if element is not None else ""


def _unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
