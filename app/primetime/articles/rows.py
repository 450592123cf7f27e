"""Records as rows of the table, made where they are read, which may be another process."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from primetime.articles.record import Article, DeletedCitations, Record, SkippedRecord

Row = tuple[object, ...]
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A run of records: first its articles are stored, then its deletions are applied."""

    read: int = 0  # records, deletions not counted
    articles: dict[int, Row] = field(default_factory=dict)  # the newest version of each, by PMID
    deleted: tuple[int, ...] = ()
    problems: tuple[SkippedRecord, ...] = ()


def rows_of(records: Iterable[Record], *, size: int) -> Iterator[Rows]:
    """The records in runs of at most `size`; a deletion ends a run, so that the order of a file is kept."""
    articles: dict[int, Row] = {}
    versions: dict[int, int] = {}
    problems: list[SkippedRecord] = []
    read = 0
    for record in records:
        if isinstance(record, DeletedCitations):
            yield Rows(read=read, articles=articles, deleted=record.pmids, problems=tuple(problems))
            articles, versions, problems, read = {}, {}, [], 0
            continue
        read += 1
        if isinstance(record, SkippedRecord):
            problems.append(record)
        elif record.version >= versions.get(record.pmid, 0):
            versions[record.pmid] = record.version
            articles[record.pmid] = article_row(record)
        if read == size:
            yield Rows(read=read, articles=articles, problems=tuple(problems))
            articles, versions, problems, read = {}, {}, [], 0
    if read:
        yield Rows(read=read, articles=articles, problems=tuple(problems))


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
