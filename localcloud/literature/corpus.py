"""The records of the corpus: each as it stands in its file, and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from localcloud.errors import SettingError
from primetime.articles.byte_window import open_plain_or_gzip
from primetime.articles.pubmed_xml import batched, read_raw
from primetime.articles.record import Article
from primetime.articles.record_stream import split_records
from primetime.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One article."""

    article: Article
    xml: bytes

    @property
    def pmid(self) -> int:
        return self.article.pmid

    @property
    def entered(self) -> date:
        """When it came into PubMed; a record that does not tell came when it was published."""
        told = next((one.date for one in self.article.details.history if one.status == "entrez"), "")
        try:
            return date.fromisoformat(f"{told}-01-01"[:10])
        except ValueError:
            return self.date

    @property
    def date(self) -> date:
        """What it is sorted and found by; an unreadable date is the oldest of all."""
        return self.article.publication_date.first or date.min

    @property
    def made_up(self) -> bool:
        return self.article.owner == "MADE-UP"


def load(files: Sequence[Path]) -> list[Document]:
    """The articles of PubMed XML files, each PMID once (its newest version), oldest first.

    Raises SettingError when a file cannot be read, or none has an article. Records that cannot be read are left out.
    """
    newest: dict[int, Document] = {}
    for file in files:
        try:
            with open_plain_or_gzip(file) as stream:
                for batch in batched(split_records(stream, str(file))):
                    for raw, record in zip(batch, read_raw(batch), strict=True):
                        if not isinstance(record, Article):
                            continue
                        known = newest.get(record.pmid)
                        if known is None or record.version >= known.article.version:
                            newest[record.pmid] = Document(article=record, xml=raw.xml)
        except (BadInput, OSError) as error:
            raise SettingError(
                f"the corpus {file} cannot be read: {error}", "give PubMed XML, plain or gzip"
            ) from error
    if not newest:
        raise SettingError("the corpus has no article", "give PubMed XML, plain or gzip")
    return sorted(newest.values(), key=lambda document: (document.date, document.pmid))
