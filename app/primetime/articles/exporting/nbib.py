"""NBIB, as PubMed writes it: https://www.nlm.nih.gov/bsd/mms/medlineelements.html"""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from primetime.articles.exporting.selection import Context, ExportRow
from primetime.articles.exporting.table import heading_line
from primetime.articles.formats.nbib import NOTICES
from primetime.articles.listing import author_line

_WIDTH = 82  # of a value; PubMed's own lines are as long


def nbib_pieces(rows: Iterable[ExportRow], _context: Context) -> Iterator[bytes]:
    for row in rows:
        # A record begins with its PMID; one that has none begins with an empty one.
        lines = [f"PMID- {row.pubmed_id or ''}"]
        for tag, value in _fields(row):
            wrapped = textwrap.wrap(value, _WIDTH, break_long_words=False, break_on_hyphens=False)
            lines += [f"{tag:4}- {line}" if not place else f"      {line}" for place, line in enumerate(wrapped)]
        yield ("\n".join(lines) + "\n\n").encode()


def _fields(row: ExportRow) -> Iterator[tuple[str, str]]:
    details = row.details
    yield "OWN", row.owner
    yield "STAT", details.get("status", "")
    yield "IS", details.get("journal_issn", "")
    linking = details.get("journal_issn_linking", "")
    yield "IS", f"{linking} (Linking)" if linking else ""
    yield "VI", row.volume
    yield "IP", row.issue
    yield "DP", row.publication_date_printed
    yield "TI", row.title
    yield "PG", row.pages
    yield "LID", f"{row.doi} [doi]" if row.doi else ""
    yield "AB", row.abstract
    yield "CI", details.get("copyright", "")
    for author in row.authors:
        yield from _author(author)
    for language in row.languages:
        yield "LA", language
    for grant in details.get("grants", ()):
        yield (
            "GR",
            "/".join(part for part in (grant["number"], grant["acronym"], grant["agency"], grant["country"]) if part),
        )
    for kind in row.publication_types:
        yield "PT", kind
    yield "PL", details.get("journal_country", "")
    yield "TA", row.journal_abbreviation
    yield "JT", row.journal
    yield "JID", details.get("journal_nlm_id", "")
    for chemical in details.get("chemicals", ()):
        yield "RN", f"{chemical['registry_number']} ({chemical['name']})"
    for subset in details.get("citation_subsets", ()):
        yield "SB", subset
    for heading in row.mesh:
        yield "MH", heading_line(heading)
    yield "PMC", row.pmc or ""
    for keyword in row.keywords:
        yield "OT", keyword
    yield "COIS", details.get("conflicts", "")
    for notice in details.get("corrections", ()):
        if notice["kind"] in NOTICES:
            pmid = f" PMID: {notice['pmid']}" if notice["pmid"] else ""
            yield NOTICES[notice["kind"]], f"{notice['source']}{pmid}"
    yield "AID", f"{row.doi} [doi]" if row.doi else ""
    for kind, value in details.get("identifiers", ()):
        yield "AID", f"{value} [{kind}]"


def _author(author: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if author.get("collective_name"):
        yield "CN", author["collective_name"]
        return
    given = " ".join(part for part in (author.get("fore_name") or author.get("initials"), author.get("suffix")) if part)
    yield "FAU", f"{author.get('last_name') or ''}, {given}".strip(", ")
    yield "AU", author_line(author)
    yield "AUID", f"ORCID: {author['orcid']}" if author.get("orcid") else ""
    for affiliation in author.get("affiliations", ()):
        yield "AD", affiliation
