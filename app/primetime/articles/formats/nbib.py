"""NBIB, also called MEDLINE or PubMed format: what PubMed's button "Send to: Citation manager" writes.

Source of the tags: https://www.nlm.nih.gov/bsd/mms/medlineelements.html
"""

import re
from collections.abc import Iterator
from typing import IO

import msgspec

from primetime.articles.formats.citation import NBIB_VERSION, make_article, one_line, person
from primetime.articles.formats.tagged_lines import Layout, TaggedRecord, tagged_articles
from primetime.articles.identifiers import read_orcid, read_pmc
from primetime.articles.record import (
    Article,
    Author,
    Chemical,
    Correction,
    Details,
    Grant,
    MeshHeading,
    MeshQualifier,
    Record,
)

LAYOUT = Layout(line=re.compile(rb"([A-Z][A-Z0-9 ]{3})-(?: (.*)|$)", re.DOTALL), start="PMID")
# Tag by PubMed's name of the notice.
NOTICES = {
    "CommentIn": "CIN", "CommentOn": "CON", "CorrectedandRepublishedIn": "CRI", "CorrectedandRepublishedFrom": "CRF",
    "DatasetIn": "DDIN", "DatasetDescribedIn": "DRIN", "ErratumIn": "EIN", "ErratumFor": "EFR",
    "ExpressionOfConcernIn": "ECI", "ExpressionOfConcernFor": "ECF", "OriginalReportIn": "ORI",
    "PartialRetractionIn": "PRIN", "PartialRetractionOf": "PROF", "ReprintIn": "RPI", "ReprintOf": "RPF",
    "RepublishedIn": "RRI", "RepublishedFrom": "RRF", "RetractedandRepublishedIn": "RRIN", "RetractionIn": "RIN",
    "RetractionOf": "ROF", "SummaryForPatientsIn": "SPIN", "UpdateIn": "UIN", "UpdateOf": "UOF",
}  # fmt: skip
_KINDS = {tag: kind for kind, tag in NOTICES.items()}
_IDENTIFIER = re.compile(r"(.+?) \[(\w+)\]$")
_NOTICE_PMID = re.compile(r"^(.*?)\s*PMID:?\s*(\d+)\s*$")
_CHEMICAL = re.compile(r"(\S+) \((.+)\)$")


def read_nbib(stream: IO[bytes], name: str) -> Iterator[Record]:
    """The records of an NBIB file in its order. Raises BadInput when the file cannot be read."""
    return tagged_articles(stream, name, LAYOUT, _article)


def _article(record: TaggedRecord) -> Article:
    first = record.first
    identifiers = [match.groups() for value in record.all("AID", "LID") if (match := _IDENTIFIER.match(value))]
    issn = {kind: value for value in record.all("IS") for kind, value in [_issn(value)]}
    return make_article(
        version=NBIB_VERSION,
        pmid=first("PMID"),
        title=first("TI") or first("TT") or first("BTI"),
        abstract=first("AB"),
        journal=first("JT"),
        journal_abbreviation=first("TA"),
        date=first("DP"),
        authors=_authors(record),
        mesh=[read_heading(value) for value in record.all("MH")],
        publication_types=record.all("PT"),
        keywords=[value.removeprefix("*") for value in record.all("OT")],
        doi=next((value for value, kind in identifiers if kind == "doi"), ""),
        pmc=read_pmc(first("PMC")),
        languages=record.all("LA"),
        volume=first("VI"),
        issue=first("IP"),
        pages=first("PG"),
        owner=first("OWN"),
        details=Details(
            vernacular_title=first("TT"),
            status=first("STAT"),
            journal_country=first("PL"),
            journal_issn=issn.get("Print") or issn.get("Electronic") or issn.get("", ""),
            journal_issn_linking=issn.get("Linking", ""),
            journal_nlm_id=first("JID"),
            copyright=first("CI"),
            conflicts=first("COIS"),
            citation_subsets=tuple(record.all("SB")),
            identifiers=tuple(dict.fromkeys((kind, value) for value, kind in identifiers if kind != "doi")),
            chemicals=tuple(_chemical(value) for value in record.all("RN")),
            grants=tuple(_grant(value) for value in record.all("GR")),
            corrections=tuple(_notice(_KINDS[tag], value) for tag, value in record.fields if tag in _KINDS and value),
        ),
    )


def _authors(record: TaggedRecord) -> list[Author]:
    """AU, AUID and AD tell more of the FAU before them."""
    authors: list[Author] = []
    # Older files have no full names at all.
    short_only = not record.first("FAU")
    for tag, value in record.fields:
        if tag == "FAU" or (tag == "AU" and short_only):
            if (author := person(value)) is not None:
                authors.append(author)
        elif tag == "CN" and value:
            authors.append(Author(collective_name=one_line(value)))
        elif not authors or not value:
            continue
        elif tag == "AU":
            # The initials stand behind the family name's words, and may have a suffix behind them: Smith JA Jr.
            rest = value.split()[len((authors[-1].last_name or "").split()) :]
            if rest:
                authors[-1] = msgspec.structs.replace(authors[-1], initials=rest[0])
        elif tag == "AUID" and (orcid := read_orcid(value)):
            authors[-1] = msgspec.structs.replace(authors[-1], orcid=orcid)
        elif tag == "AD":
            affiliations = dict.fromkeys((*authors[-1].affiliations, one_line(value)))
            authors[-1] = msgspec.structs.replace(authors[-1], affiliations=tuple(affiliations))
    return authors


def read_heading(printed: str) -> MeshHeading:
    """A MeSH heading as MEDLINE prints it: `Hypertension/*drug therapy`, `*Hypertension`."""
    name, *qualifiers = printed.split("/")
    return MeshHeading(
        ui="",
        name=one_line(name.removeprefix("*")),
        major="*" in printed,
        qualifiers=tuple(
            MeshQualifier(ui="", name=one_line(item.removeprefix("*")), major=item.startswith("*"))
            for item in qualifiers
        ),
    )


def _issn(printed: str) -> tuple[str, str]:
    number, _, kind = printed.partition(" (")
    return kind.rstrip(")"), number


def _chemical(printed: str) -> Chemical:
    match = _CHEMICAL.match(printed)
    return Chemical(registry_number=match[1] if match else "0", ui="", name=match[2] if match else printed)


def _grant(printed: str) -> Grant:
    """`R01 HL1234/HL/NHLBI NIH HHS/United States`: number, acronym, agency, country."""
    parts = printed.split("/")
    if len(parts) < 2:
        return Grant(number="", acronym="", agency=printed, country="")
    number, acronym = ("/".join(parts[:-3]), parts[-3]) if len(parts) > 3 else ("", parts[0] if len(parts) == 3 else "")
    return Grant(number=number, acronym=acronym, agency=parts[-2], country=parts[-1])


def _notice(kind: str, printed: str) -> Correction:
    match = _NOTICE_PMID.match(printed)
    return Correction(
        kind=kind, source=match[1].strip() if match else printed, pmid=int(match[2]) if match else None, note=""
    )
