"""E-utilities' replies: ESearch, EPost, EFetch, ESpell, and MeSH's ESummary, with NCBI's own errors."""

from __future__ import annotations

import difflib
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from threading import Lock
from xml.sax.saxutils import escape

import numpy as np

from localcloud.literature.index import Index
from localcloud.literature.mesh import Mesh
from localcloud.literature.searching import Result, by_relevance, read_date, search

MOST = 9_999
DEFAULT_PAGE = 20
MOST_TO_FETCH = 10_000
_KEPT_LISTS = 1_000
_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'
_NCBI = "https://eutils.ncbi.nlm.nih.gov/eutils/dtd"
_SEARCH_TYPE = f'<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" "{_NCBI}/20060628/esearch.dtd">\n'
_POST_TYPE = f'<!DOCTYPE ePostResult PUBLIC "-//NLM//DTD epost 20090526//EN" "{_NCBI}/20090526/epost.dtd">\n'
_FETCH_TYPE = f'<!DOCTYPE eEfetchResult PUBLIC "-//NLM//DTD efetch 20131226//EN" "{_NCBI}/20131226/efetch.dtd">\n'
_SET = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)

Reply = tuple[int, str, bytes]
"""Status, content type, body"""


class EUtilities:
    """One corpus behind NCBI's addresses. Safe to share between threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._mesh = Mesh(index.documents)
        self._lists: OrderedDict[str, list[int]] = OrderedDict()
        self._lock = Lock()

    def answer(self, utility: str, parameters: Mapping[str, str]) -> Reply:
        """The reply to one request; 404 for a utility that is not here."""
        handlers = {
            ("pubmed", "esearch"): self._search,
            ("pubmed", "epost"): self._post,
            ("pubmed", "efetch"): self._fetch,
            ("pubmed", "espell"): self._spell,
            ("mesh", "esearch"): self._search_mesh,
            ("mesh", "esummary"): self._summarise_mesh,
        }
        if utility not in {of for _, of in handlers}:
            return 404, "text/plain", b"there is no such utility here"
        handler = handlers.get((parameters.get("db", ""), utility))
        if handler is None:
            return _xml(200, f"{_HEAD}<eSearchResult><ERROR>Invalid db name specified</ERROR></eSearchResult>")
        return handler(parameters)

    def _search_mesh(self, parameters: Mapping[str, str]) -> Reply:
        if not parameters.get("term", "").strip():
            return _xml(200, _search_error("Empty term and query_key - nothing todo"))
        found = self._mesh.search(parameters)
        return _xml(200, f"{_HEAD}{_SEARCH_TYPE}<eSearchResult>{found}</eSearchResult>")

    def _summarise_mesh(self, parameters: Mapping[str, str]) -> Reply:
        return 200, "application/json; charset=UTF-8", self._mesh.summaries(parameters).encode()

    def _search(self, parameters: Mapping[str, str]) -> Reply:
        term = parameters.get("term", "").strip()
        if not term:
            return _xml(200, _search_error("Empty term and query_key - nothing todo"))
        start, size = _whole(parameters.get("retstart"), 0), min(_whole(parameters.get("retmax"), DEFAULT_PAGE), 10_000)
        if start > MOST - 1:
            return _xml(
                200,
                _search_error(
                    "Search Backend failed: Exception:\n'retstart' cannot be larger than 9998. For PubMed, ESearch can "
                    "only retrieve the first 9,999 records matching the query."
                ),
            )
        result = search(self._index, term)
        if parameters.get("mindate") or parameters.get("maxdate"):
            first = read_date(parameters.get("mindate", ""), last=False) or date.min
            last = read_date(parameters.get("maxdate", ""), last=True) or date.max
            dated = self._index.entered if parameters.get("datetype") == "edat" else self._index.dated
            result.numbers = np.intersect1d(result.numbers, dated(first, last), assume_unique=True)
        ordered = (
            self._ordered(result, parameters.get("sort", "")) if size or parameters.get("usehistory") == "y" else []
        )
        page = ordered[start : min(start + size, MOST)]
        kept = ""
        if parameters.get("usehistory") == "y":
            kept = f"<QueryKey>1</QueryKey><WebEnv>{self._keep(ordered)}</WebEnv>"
        ids = "".join(f"<Id>{pmid}</Id>\n" for pmid in page)
        translations = "".join(
            f"<Translation><From>{escape(words)}</From><To>{escape(meaning)}</To></Translation>"
            for words, meaning in result.translations
        )
        return _xml(
            200,
            f"{_HEAD}{_SEARCH_TYPE}<eSearchResult><Count>{len(result.numbers)}</Count><RetMax>{len(page)}</RetMax>"
            f"<RetStart>{start}</RetStart>{kept}{f'<IdList>{ids}</IdList>' if ids else '<IdList/>'}"
            f"<TranslationSet>{translations}</TranslationSet>"
            f"<QueryTranslation>{escape(result.query)}</QueryTranslation>{_complaints(result)}</eSearchResult>",
        )

    def _ordered(self, result: Result, sort: str) -> list[int]:
        # NCBI's own default is the newest entry first; "relevance" is Best Match.
        numbers = by_relevance(self._index, result) if sort == "relevance" else result.numbers.tolist()[::-1]
        return [self._index.documents[number].pmid for number in numbers]

    def _post(self, parameters: Mapping[str, str]) -> Reply:
        pmids = _ids(parameters)
        if not pmids:
            return _xml(400, f"{_HEAD}{_POST_TYPE}<ePostResult><ERROR>Wrong ID list</ERROR></ePostResult>")
        kept = self._keep(pmids)
        return _xml(
            200,
            f"{_HEAD}{_POST_TYPE}<ePostResult>\n<QueryKey>1</QueryKey>\n<WebEnv>{kept}</WebEnv>\n</ePostResult>",
        )

    def _fetch(self, parameters: Mapping[str, str]) -> Reply:
        size = min(_whole(parameters.get("retmax"), MOST_TO_FETCH), MOST_TO_FETCH)
        start = _whole(parameters.get("retstart"), 0)
        if web_env := parameters.get("WebEnv", ""):
            with self._lock:
                kept = self._lists.get(web_env)
            if kept is None:
                return _xml(400, f"{_HEAD}<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>")
            pmids = kept
        else:
            pmids = _ids(parameters)
            if not any(pmids):
                said = "ID list is empty! Possibly it has no correct IDs."
                return _xml(400, f"{_HEAD}{_FETCH_TYPE}<eFetchResult>\n\t<ERROR>{said}</ERROR>\n</eFetchResult>\n")
        known = [self._index.by_pmid[pmid] for pmid in pmids[start : start + size] if pmid in self._index.by_pmid]
        body = b"\n".join(self._index.documents[number].xml for number in known)
        return 200, "text/xml; charset=UTF-8", _SET.encode() + body + b"\n</PubmedArticleSet>\n"

    def _spell(self, parameters: Mapping[str, str]) -> Reply:
        term = parameters.get("term", "")
        corrected = re.sub(r"[A-Za-z]{4,}", lambda match: self._corrected(match[0]), term)
        corrected = corrected if corrected.lower() != term.lower() else ""
        return _xml(
            200,
            f"{_HEAD}<eSpellResult>\n<Database>pubmed</Database>\n<Query>{escape(term)}</Query>\n"
            f"<CorrectedQuery>{escape(corrected)}</CorrectedQuery>\n<SpelledQuery/>\n<ERROR/>\n</eSpellResult>",
        )

    def _corrected(self, word: str) -> str:
        if len(self._index.word("all", word.lower())):
            return word
        alike = [one for one in self._index.vocabulary if one[0] == word[0].lower() and abs(len(one) - len(word)) <= 2]
        return next(iter(difflib.get_close_matches(word.lower(), alike, n=1, cutoff=0.8)), word)

    def _keep(self, pmids: list[int]) -> str:
        web_env = f"MCID_{secrets.token_hex(12)}"
        with self._lock:
            self._lists[web_env] = pmids
            while len(self._lists) > _KEPT_LISTS:
                self._lists.popitem(last=False)
        return web_env


def _ids(parameters: Mapping[str, str]) -> list[int]:
    found = re.findall(r"\d{1,18}", parameters.get("id", ""))
    return list(dict.fromkeys(int(one) for one in found))


def _complaints(result: Result) -> str:
    errors = "".join(f"<PhraseNotFound>{escape(one)}</PhraseNotFound>" for one in result.not_found)
    errors += "".join(f"<FieldNotFound>{escape(one)}</FieldNotFound>" for one in result.unknown_fields)
    said = f"<ErrorList>{errors}</ErrorList>" if errors else ""
    if not len(result.numbers):
        said += "<WarningList><OutputMessage>No items found.</OutputMessage></WarningList>"
    return said


def _search_error(message: str) -> str:
    return f"{_HEAD}{_SEARCH_TYPE}<eSearchResult><ERROR>{escape(message)}</ERROR></eSearchResult>"


def _xml(status: int, text: str) -> Reply:
    return status, "text/xml; charset=UTF-8", text.encode()


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
