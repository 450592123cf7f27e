"""Records as rows of the table, made where they are read, which may be another process."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import msgspec

from primetime.articles.record import Article, DeletedCitations, Record, SkippedRecord, WantedArticle

Row = tuple[
    int, int, str, str, str,  # PMID, version, title, abstract, its sections
    str, str, int | None, date | None, date | None, str,  # journal, abbreviation, year, first and last day, as printed
    str, str, str, str,  # authors, MeSH, publication types, keywords
    str | None, str | None, str, str, str, str, str,  # DOI, PMC, languages, owner, volume, issue, pages
    str, str, str,  # details, content hash, hash of all before
]  # fmt: skip
"""The values of `copy_incoming`, in its order; lists and details as JSON"""
_encode = msgspec.json.Encoder().encode


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """A run of records: first its articles are stored, then its deletions are applied."""

    read: int = 0  # records, deletions not counted
    articles: dict[int, Row] = {}  # the newest version of each, by PMID
    deleted: tuple[int, ...] = ()
    wanted: tuple[int, ...] = ()  # PMIDs of a list, to be fetched
    problems: tuple[SkippedRecord, ...] = ()


def rows_of(records: Iterable[Record], *, size: int) -> Iterator[Rows]:
    """The records in runs of at most `size`; a deletion ends a run, so that the order of a file is kept."""
    run = _Run()
    for record in records:
        if isinstance(record, DeletedCitations):
            yield run.rows(deleted=record.pmids)
            run = _Run()
            continue
        run.add(record)
        if run.read == size:
            yield run.rows()
            run = _Run()
    if run.read:
        yield run.rows()


@dataclass(slots=True)
class _Run:
    read: int = 0
    articles: dict[int, Row] = field(default_factory=dict)
    versions: dict[int, tuple[int, str]] = field(default_factory=dict)
    wanted: list[int] = field(default_factory=list)
    problems: list[SkippedRecord] = field(default_factory=list)

    def add(self, record: Article | SkippedRecord | WantedArticle) -> None:
        self.read += 1
        if isinstance(record, SkippedRecord):
            self.problems.append(record)
        elif isinstance(record, WantedArticle):
            self.wanted.append(record.pmid)
        elif self._is_newer(record):
            self.versions[record.pmid] = (record.version, record.details.revised)
            self.articles[record.pmid] = article_row(record)

    def _is_newer(self, record: Article) -> bool:
        """Than one of the same PMID before it; so is one of equal version that does not tell when it was revised."""
        version, revised = self.versions.get(record.pmid, (record.version, ""))
        if record.version != version:
            return record.version > version
        return not record.details.revised or record.details.revised >= revised

    def rows(self, deleted: tuple[int, ...] = ()) -> Rows:
        return Rows(
            read=self.read,
            articles=self.articles,
            deleted=deleted,
            wanted=tuple(self.wanted),
            problems=tuple(self.problems),
        )


def article_row(article: Article) -> Row:
    """The values of `copy_incoming`, in its order."""
    date = article.publication_date
    row = (
        article.pmid,
        article.version,
        article.title,
        article.abstract,
        _json(article.abstract_sections),
        article.journal,
        article.journal_abbreviation,
        date.year,
        date.first,
        date.last,
        date.printed,
        _json(article.authors),
        _json(article.mesh),
        _json(article.publication_types),
        _json(article.keywords),
        article.doi,
        article.pmc,
        _json(article.languages),
        article.owner,
        article.volume,
        article.issue,
        article.pages,
        _json(article.details),
        article.content_hash,
    )
    return (*row, hashlib.sha256("\x1f".join(map(str, row)).encode()).hexdigest())


def _json(value: object) -> str:
    return _encode(value).decode()
