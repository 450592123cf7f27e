"""PMIDs, DOIs, PMC and ORCID identifiers as texts print them, in their one form."""

import re

LARGEST_PMID = 4_500_000_000_000_000  # above it are the numbers of articles without a PMID
_PMID = re.compile(r"[0-9]{1,19}")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?(10\.\d+(?:\.\d+)*/\S+)", re.IGNORECASE)
_ORCID = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])$", re.IGNORECASE)
_PMC = re.compile(r"(?:PMC)?(\d{1,12})(?:\.\d+)?", re.IGNORECASE)


def read_pmid(text: str) -> int | None:
    """The PMID that this text is, or None when it is none."""
    text = text.strip()
    if not _PMID.fullmatch(text):
        return None
    pmid = int(text)
    return pmid if 0 < pmid <= LARGEST_PMID else None


def read_doi(text: str) -> str | None:
    """The DOI in this text, without address, in its own letters; None when there is none.

    DOIs differ in case only by mistake (the DOI handbook, 2.4): compare them in lower case.
    """
    match = _DOI.search(text)
    return match[1].rstrip(".,;") if match else None


def read_orcid(text: str) -> str | None:
    """0000-0002-1825-009X, or None."""
    match = _ORCID.search(text.strip())
    return "-".join(match.groups()).upper() if match else None


def read_pmc(text: str) -> str | None:
    """PMC3531190, or None."""
    match = _PMC.fullmatch(text.strip())
    return f"PMC{match[1]}" if match else None
