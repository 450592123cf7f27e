"""The article record, as everything above this room knows it.

The parts that a record has dozens of are msgspec Structs: made in a fifth of a dataclass' time, and not watched by the
collector of cycles, which they cannot form.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from msgspec import Struct


class AbstractSection(Struct, frozen=True, kw_only=True, gc=False):
    label: str  # as printed: OBJECTIVE; empty for an unstructured abstract
    text: str


class Author(Struct, frozen=True, kw_only=True, gc=False):
    """A person (`last_name`) or a group (`collective_name`), in the order printed."""

    last_name: str | None = None
    fore_name: str | None = None
    initials: str | None = None
    suffix: str | None = None
    collective_name: str | None = None
    orcid: str | None = None  # 0000-0002-1825-0097, without address
    affiliations: tuple[str, ...] = ()
    equal_contribution: bool = False


class MeshQualifier(Struct, frozen=True, kw_only=True, gc=False):
    ui: str
    name: str
    major: bool


class MeshHeading(Struct, frozen=True, kw_only=True, gc=False):
    ui: str  # D006973
    name: str  # Hypertension
    major: bool  # the heading itself, or one of its qualifiers, is a main point of the article
    qualifiers: tuple[MeshQualifier, ...] = ()
    kind: str = ""  # Geographic; empty for a topic


class SupplementaryConcept(Struct, frozen=True, kw_only=True, gc=False):
    ui: str  # C538322
    name: str
    kind: str  # Disease, Protocol, Organism


class Chemical(Struct, frozen=True, kw_only=True, gc=False):
    registry_number: str  # CAS or UNII; 0 where the substance has none
    ui: str
    name: str


class Grant(Struct, frozen=True, kw_only=True, gc=False):
    number: str
    acronym: str
    agency: str
    country: str


class Reference(Struct, frozen=True, kw_only=True, gc=False):
    """A work that the article cites."""

    citation: str  # as printed
    pmid: int | None = None
    doi: str | None = None
    pmc: str | None = None


class Correction(Struct, frozen=True, kw_only=True, gc=False):
    """A notice that ties this article to another: an erratum, a retraction, a comment, an update."""

    kind: str  # PubMed's RefType: ErratumIn, RetractionIn, CommentOn, …
    source: str  # Lancet. 2004 Mar 6;363(9411):750
    pmid: int | None
    note: str


class HistoryDate(Struct, frozen=True, kw_only=True, gc=False):
    status: str  # received, accepted, entrez, pubmed, medline, …
    date: str  # 1976-12-03, as far as it is told: 1976-12, 1976


class DataBank(Struct, frozen=True, kw_only=True, gc=False):
    name: str  # ClinicalTrials.gov
    accession_numbers: tuple[str, ...]


class OtherAbstract(Struct, frozen=True, kw_only=True, gc=False):
    language: str
    kind: str  # who wrote it: Publisher, AIDS, NASA, …
    text: str


class Details(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What PubMed tells of an article beyond what lists show and the analysis reads."""

    vernacular_title: str = ""
    electronic_date: str = ""  # 2004-03-06
    publication_model: str = ""  # Print-Electronic
    publication_status: str = ""  # ppublish, epublish, aheadofprint
    status: str = ""  # MEDLINE, In-Process, PubMed-not-MEDLINE, Publisher
    indexing_method: str = ""  # Automated, Curated; empty: by hand
    completed: str = ""  # when indexing was done: 1976-12-03
    revised: str = ""
    journal_country: str = ""
    journal_issn: str = ""
    journal_issn_linking: str = ""
    journal_nlm_id: str = ""
    copyright: str = ""
    conflicts: str = ""  # the statement of competing interests
    authors_complete: bool = True
    publication_type_uis: tuple[str, ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()  # kind and value: pii, mid, and whatever else
    citation_subsets: tuple[str, ...] = ()
    gene_symbols: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    supplementary_concepts: tuple[SupplementaryConcept, ...] = ()
    chemicals: tuple[Chemical, ...] = ()
    grants: tuple[Grant, ...] = ()
    references: tuple[Reference, ...] = ()
    corrections: tuple[Correction, ...] = ()
    history: tuple[HistoryDate, ...] = ()
    data_banks: tuple[DataBank, ...] = ()
    other_abstracts: tuple[OtherAbstract, ...] = ()
    investigators: tuple[Author, ...] = ()
    people: tuple[Author, ...] = ()  # whom the article is about


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationDate:
    """When an article was published: what was printed, and the days that this can mean."""

    printed: str  # 1998 Dec-1999 Jan
    first: date | None = None  # 1998-12-01, also what articles are sorted by; None when nothing can be read in it
    last: date | None = None  # 1999-01-31

    @property
    def year(self) -> int | None:
        return self.first.year if self.first else None


_NO_DETAILS = Details()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    pmid: int
    title: str
    version: int = 1
    abstract: str = ""  # the whole, sections on lines of their own
    abstract_sections: tuple[AbstractSection, ...] = ()
    journal: str = ""
    journal_abbreviation: str = ""
    publication_date: PublicationDate = PublicationDate(printed="")
    authors: tuple[Author, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    publication_types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    doi: str | None = None
    pmc: str | None = None
    languages: tuple[str, ...] = ()
    owner: str = ""  # NLM, or MADE-UP for a corpus that was made for a demonstration
    volume: str = ""
    issue: str = ""
    pages: str = ""  # as printed: 69-81, e12, 187-92
    details: Details = _NO_DETAILS

    @property
    def content_hash(self) -> str:
        """Hex sha256 of the encoder's text: a vector is out of date when this has changed."""
        return hashlib.sha256(article_text(self.title, self.abstract).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedCitations:
    """PubMed's notice, at the end of an update file, that it has withdrawn these records."""

    pmids: tuple[int, ...]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedArticle:
    """A PMID of a list: an article to be fetched."""

    pmid: int


Record = Article | DeletedCitations | SkippedRecord | WantedArticle
"""What a file is read as, in its order."""


def unique(found: Iterable[str]) -> tuple[str, ...]:
    """Without repetitions and empty texts, in their order."""
    return tuple(dict.fromkeys(text for text in found if text))


def article_text(title: str, abstract: str) -> str:
    """What the encoder reads of an article."""
    return f"{title} {abstract}".strip()
