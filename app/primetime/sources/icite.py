"""NIH's iCite: citation counts and the relative citation ratio (Hutchins et al. 2016), by PMID, a thousand at once."""

from collections.abc import Sequence

from primetime.settings import Settings
from primetime.sources.citations import Citations, Wanted, items, number, read_json, whole_number
from primetime.sources.transport import Source, Transport

BATCH = 1_000
_FIELDS = "pmid,citation_count,relative_citation_ratio,nih_percentile"


def icite_source(settings: Settings) -> Source:
    return Source(name="iCite", base_url=settings.icite_url, per_second=3)


async def ask_icite(transport: Transport, source: Source, wanted: Sequence[Wanted]) -> dict[int, Citations]:
    """What iCite knows of up to 1,000 articles, by PMID. Raises SourceUnavailable."""
    parameters = {"pmids": ",".join(str(one.pmid) for one in wanted), "fl": _FIELDS, "limit": str(BATCH)}
    return read_icite(await transport.ask(source, "pubs", parameters, check=read_icite))


def read_icite(body: bytes) -> dict[int, Citations]:
    """Raises BadReplyError."""
    found: dict[int, Citations] = {}
    for one in items(read_json(body), "data"):
        pmid = whole_number(one.get("pmid"))
        if pmid:
            found[pmid] = Citations(
                pmid=pmid,
                citations=whole_number(one.get("citation_count")),
                relative_citation_ratio=number(one.get("relative_citation_ratio")),
                percentile=number(one.get("nih_percentile")),
            )
    return found
