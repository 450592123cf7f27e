"""The article record, as everything above this room knows it."""

import hashlib
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class AbstractSection:
    label: str  # as printed: OBJECTIVE; empty for an unstructured abstract
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person (`last_name`) or a group (`collective_name`), in the order printed."""

    last_name: str | None = None
    fore_name: str | None = None
    initials: str | None = None
    suffix: str | None = None
    collective_name: str | None = None
    orcid: str | None = None  # 0000-0002-1825-0097, without address
    affiliations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshQualifier:
    ui: str
    name: str
    major: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MeshHeading:
    ui: str  # D006973
    name: str  # Hypertension
    major: bool  # the heading itself, or one of its qualifiers, is a main point of the article
    qualifiers: tuple[MeshQualifier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationDate:
    """When an article was published: what was printed, and the days that this can mean."""

    printed: str  # 1998 Dec-1999 Jan
    first: date | None = None  # 1998-12-01, also what articles are sorted by; None when nothing can be read in it
    last: date | None = None  # 1999-01-31

    @property
    def year(self) -> int | None:
        return self.first.year if self.first else None


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

    @property
    def content_hash(self) -> str:
        """Hex sha256 of the encoder's text: a vector is out of date when this has changed."""
        return hashlib.sha256(article_text(self.title, self.abstract).encode()).hexdigest()


def article_text(title: str, abstract: str) -> str:
    """What the encoder reads of an article."""
    return f"{title} {abstract}".strip()
