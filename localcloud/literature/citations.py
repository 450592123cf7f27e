"""What iCite, OpenAlex and Crossref reply. Real records are unknown to them here; made-up ones have made-up counts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localcloud.literature.corpus import Document
from localcloud.literature.eutils import Reply
from localcloud.literature.index import Index

_OPENALEX_YEARS = 10
_OPENALEX_VALUES = 100


class CitationSources:
    """The three sources over one corpus."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._by_doi = {one.article.doi.lower(): one for one in index.documents if one.article.doi}

    def icite(self, parameters: Mapping[str, str]) -> Reply:
        """GET /api/pubs?pmids=1,2,3: at most 1,000; those that iCite does not know are left out."""
        pmids = [int(one) for one in parameters.get("pmids", "").split(",") if one.isascii() and one.isdigit()]
        if len(pmids) > 1_000:
            return _json(400, {"error": "the maximum number of pmids is 1000"})
        data = [self._icite_record(document) for pmid in pmids if (document := self._known(pmid))]
        return _json(200, {"meta": {"limit": 1000, "offset": 0}, "links": {}, "data": data})

    def openalex(self, parameters: Mapping[str, str]) -> Reply:
        """GET /works?filter=pmid:1|2: at most 100 values; wants a key."""
        if not parameters.get("api_key"):
            return _json(401, {"error": "Unauthorized", "message": "api_key is required"})
        match = re.fullmatch(r"pmid:([\d|]+)", parameters.get("filter", ""))
        values = match[1].split("|") if match else []
        if not match or len(values) > _OPENALEX_VALUES:
            return _json(403, {"error": "Invalid query parameters error.", "message": "this filter is not understood"})
        size = min(int(parameters.get("per-page", "25")), 200)
        results = [self._work(document) for value in values if (document := self._known(int(value)))]
        return _json(200, {"meta": {"count": len(results), "per_page": size, "page": 1}, "results": results[:size]})

    def crossref(self, parameters: Mapping[str, str]) -> Reply:
        """GET /works?filter=doi:a,doi:b"""
        dois = [part[4:] for part in parameters.get("filter", "").lower().split(",") if part.startswith("doi:")]
        found = [one for doi in dois if (one := self._by_doi.get(doi)) is not None and one.made_up]
        items = [{"DOI": one.article.doi, "is-referenced-by-count": sum(_by_year(one).values())} for one in found]
        size = int(parameters.get("rows", "20"))
        message = {"total-results": len(items), "items-per-page": size, "items": items[:size]}
        return _json(200, {"status": "ok", "message-type": "work-list", "message": message})

    def _known(self, pmid: int) -> Document | None:
        number = self._index.by_pmid.get(pmid)
        document = self._index.documents[number] if number is not None else None
        return document if document is not None and document.made_up else None

    def _icite_record(self, document: Document) -> dict[str, Any]:
        count = sum(_by_year(document).values())
        year = document.article.publication_date.year
        age = max(1, datetime.now(UTC).year - (year or datetime.now(UTC).year))
        ratio = round(count / age / 3, 2)
        return {
            "pmid": document.pmid,
            "doi": document.article.doi,
            "year": year,
            "title": document.article.title,
            "citation_count": count,
            "relative_citation_ratio": ratio,
            "nih_percentile": round(100 * ratio / (ratio + 1), 1),
        }

    def _work(self, document: Document) -> dict[str, Any]:
        by_year = _by_year(document)
        since = datetime.now(UTC).year - _OPENALEX_YEARS
        return {
            "id": f"https://openalex.org/W{document.pmid}",
            "ids": {"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{document.pmid}"},
            "cited_by_count": sum(by_year.values()),
            "counts_by_year": [
                {"year": year, "cited_by_count": count}
                for year, count in sorted(by_year.items(), reverse=True)
                if year > since and count
            ],
        }


def _by_year(document: Document) -> dict[int, int]:
    """Made up from the PMID: the same on every machine, rising for some years and falling again."""
    year = document.article.publication_date.year
    if year is None:
        return {}
    digest = hashlib.sha256(str(document.pmid).encode()).digest()
    height = digest[0] * digest[1] / 4000  # most are cited little, few much
    return {
        year + after: round(height * after / 3 * 0.75 ** max(0, after - 3))
        for after in range(datetime.now(UTC).year - year + 1)
    }


def _json(status: int, value: object) -> Reply:
    return status, "application/json", json.dumps(value).encode()
