"""PubMed's field tags, as far as they are understood here."""

from __future__ import annotations

from typing import Literal

Field = Literal["all", "ti", "ab", "tiab", "tw", "mh", "majr", "pt", "la", "au", "ta", "ot", "dp", "pmid", "aid"]

_NAMES: tuple[tuple[tuple[str, ...], Field, str], ...] = (
    (("all", "all fields"), "all", "All Fields"),
    (("ti", "title"), "ti", "Title"),
    (("ab", "abstract"), "ab", "Abstract"),
    (("tiab", "title/abstract"), "tiab", "Title/Abstract"),
    (("tw", "text word", "text words"), "tw", "Text Word"),
    (("mh", "mesh", "mesh terms", "mh:noexp", "mesh terms:noexp"), "mh", "MeSH Terms"),
    (("majr", "mesh major topic", "majr:noexp"), "majr", "MeSH Major Topic"),
    (("pt", "ptyp", "publication type"), "pt", "Publication Type"),
    (("la", "lang", "language"), "la", "Language"),
    (("au", "author"), "au", "Author"),
    (("ta", "jour", "journal"), "ta", "Journal"),
    (("ot", "other term"), "ot", "Other Term"),
    (("dp", "pdat", "date - publication", "publication date"), "dp", "Date - Publication"),
    (("pmid", "uid"), "pmid", "UID"),
    (("aid", "doi", "article identifier"), "aid", "Article Identifier"),
)
# Tag or full name, in lower case → field and the name by which ESearch repeats it.
TAGS: dict[str, tuple[Field, str]] = {name: (field, said) for names, field, said in _NAMES for name in names}

# MARC codes as records have them → the names that are searched for.
LANGUAGES = {
    "eng": "english", "fre": "french", "ger": "german", "spa": "spanish", "ita": "italian", "jpn": "japanese",
    "chi": "chinese", "rus": "russian", "por": "portuguese", "pol": "polish", "dut": "dutch", "dan": "danish",
    "swe": "swedish", "nor": "norwegian", "cze": "czech", "hun": "hungarian", "tur": "turkish", "kor": "korean",
    "rum": "romanian", "heb": "hebrew", "und": "undetermined",
}  # fmt: skip

# A few of MeSH's entry terms: PubMed XML has none, and MeSH itself is not here.
ENTRY_TERMS = {
    "heart attack": "myocardial infarction",
    "high blood pressure": "hypertension",
    "low blood pressure": "hypotension",
    "cancer": "neoplasms",
    "tumor": "neoplasms",
    "elderly": "aged",
    "older adults": "aged",
    "kids": "child",
    "children": "child",
    "teenagers": "adolescent",
    "women": "female",
    "stroke": "stroke",
    "drug therapy combination": "drug therapy, combination",
    "ace inhibitors": "angiotensin-converting enzyme inhibitors",
    "beta blockers": "adrenergic beta-antagonists",
    "calcium channel blockers": "calcium channel blockers",
    "statins": "hydroxymethylglutaryl-coa reductase inhibitors",
    "ppi": "proton pump inhibitors",
    "painkillers": "analgesics",
    "diabetes": "diabetes mellitus",
    "type 2 diabetes": "diabetes mellitus, type 2",
    "kidney failure": "renal insufficiency",
    "rct": "randomized controlled trials as topic",
}
