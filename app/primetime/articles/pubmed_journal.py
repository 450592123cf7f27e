"""The journal's part of a record: its names, the issue, and when that was published."""

from typing import NamedTuple

from lxml import etree

from primetime.articles.markup import plain_text
from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import PublicationDate

_UNDATED = PublicationDate(printed="")


class Journal(NamedTuple):
    title: str = ""
    abbreviation: str = ""
    issn: str = ""
    volume: str = ""
    issue: str = ""
    date: PublicationDate = _UNDATED


def read_journal(element: etree._Element) -> Journal:
    """What a `Journal` tells."""
    journal = {child.tag: child for child in element}
    issue = {child.tag: child for child in journal.get("JournalIssue", ())}
    return Journal(
        title=plain_text(journal.get("Title")),
        abbreviation=plain_text(journal.get("ISOAbbreviation")),
        issn=plain_text(journal.get("ISSN")),
        volume=plain_text(issue.get("Volume")),
        issue=plain_text(issue.get("Issue")),
        date=date_of(issue.get("PubDate")),
    )


def date_of(element: etree._Element | None) -> PublicationDate:
    """The date of a `PubDate` or an `ArticleDate`."""
    if element is None:
        return _UNDATED
    fields = {child.tag: plain_text(child) for child in element}
    return read_publication_date(
        year=fields.get("Year", ""),
        month=fields.get("Month", ""),
        day=fields.get("Day", ""),
        season=fields.get("Season", ""),
        medline_date=fields.get("MedlineDate", ""),
    )
