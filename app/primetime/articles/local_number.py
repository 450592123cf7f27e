"""A number for an article that has no PMID, so that it can stand among those that have one.

It is made from what identifies the article, so that the same article gets the same number wherever it is read. It
lies above every PMID and below 2**53, which is where JavaScript's whole numbers end.
"""

import hashlib

from primetime.articles.folding import letters_and_digits
from primetime.articles.identifiers import LARGEST_PMID

_LAST = 2**53 - 1


def is_local(number: int) -> bool:
    """Whether the key of an article is a number of our own, which no page and no export may call a PMID."""
    return number > LARGEST_PMID


def local_number(*, doi: str | None, title: str, year: int | None, first_author: str) -> int:
    """From the DOI, else from title, year and the first author's family name."""
    text = f"text {letters_and_digits(title)} {year} {letters_and_digits(first_author)}"
    what = f"doi {doi.lower()}" if doi else text
    digest = int.from_bytes(hashlib.sha256(what.encode()).digest()[:16], "big")
    return LARGEST_PMID + 1 + digest % (_LAST - LARGEST_PMID)
