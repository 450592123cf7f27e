"""Where reference managers and databases put a PMID, for which neither RIS nor EndNote has a field."""

import re
from collections.abc import Sequence

from primetime.articles.identifiers import read_pmid

# The accession number is the PMID where the database is PubMed: named so, or by the owner of the record (OWN).
_PUBMED = re.compile(r"\b(?:pubmed|NLM|PIP|KIE|NASA|HSR|HMD|SIS|NOTNLM)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:PMID:?\s*)?(\d{1,9})$", re.IGNORECASE)
_LABELLED = re.compile(
    r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/|\bPMID:?\s*|\bPUBMED\s+)(\d{1,9})\b", re.IGNORECASE
)


def pmid_in(*, accession: str, database: str, custom: Sequence[str], addresses: Sequence[str]) -> str:
    """The PMID, or an empty text.

    `custom`: CENTRAL writes `PUBMED 17081282` into custom field 3, Embase the bare number into custom field 5, beside
    its own name as the database.
    """
    number = _NUMBER.fullmatch(accession.strip())
    if number and (_PUBMED.search(database) or accession.strip().upper().startswith("PMID")):
        return number[1]
    for text in (*custom, *addresses):
        if labelled := _LABELLED.search(text):
            return labelled[1]
    embase = re.search(r"\b(?:embase|medline)\b", database, re.IGNORECASE)
    if embase and custom and re.fullmatch(r"\d{1,8}", custom[-1].strip()) and read_pmid(custom[-1]):
        return custom[-1].strip()
    return ""
