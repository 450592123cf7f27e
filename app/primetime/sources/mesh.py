"""MeSH by NCBI's E-utilities (db=mesh): what a heading is also called, by ESearch and ESummary."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from primetime.sources.citations import read_json
from primetime.sources.eutils_replies import read_search
from primetime.sources.transport import BadReplyError, Source, Transport

# By name a heading may bring its narrower ones; who is not among so many records stays unknown.
_MOST_RECORDS = 100
_IDENTIFIER = re.compile(r"D\d{6,9}")
_SYNTAX = re.compile(r'["\[\]]')


@dataclass(frozen=True, kw_only=True)
class WantedHeading:
    """A heading whose entry terms are asked for."""

    name: str
    identifier: str | None = None  # MeSH's unique identifier, D009203, where a stored article tells it


@dataclass(frozen=True, kw_only=True)
class Descriptor:
    """A heading as MeSH has it."""

    identifier: str
    terms: tuple[str, ...]  # the heading itself, then its entry terms, those with their words exchanged too

    @property
    def name(self) -> str:
        return self.terms[0]


class Mesh:
    """MeSH's headings."""

    def __init__(self, transport: Transport, source: Source) -> None:
        self._transport = transport
        self._source = source

    async def ask(self, wanted: Sequence[WantedHeading]) -> dict[str, Descriptor]:
        """What MeSH knows of headings, by the name that was asked for; who is left out it does not know.

        An identifier finds a heading that has been renamed too. Raises SourceUnavailable.
        """
        identified = {
            one.name: one.identifier for one in wanted if one.identifier and _IDENTIFIER.fullmatch(one.identifier)
        }
        by_identifier: dict[str, Descriptor] = {}
        if identified:
            found = await self._records(" OR ".join(f"{one}[MHUI]" for one in dict.fromkeys(identified.values())))
            by_identifier = {one.identifier: one for one in found}
        known = {name: by_identifier[one] for name, one in identified.items() if one in by_identifier}
        names = [one.name for one in wanted if one.name not in identified and not _SYNTAX.search(one.name)]
        if names:
            found = await self._records(" OR ".join(f'"{name}"[mh]' for name in names))
            by_name = {one.name.lower(): one for one in found}
            known |= {name: by_name[name.lower()] for name in names if name.lower() in by_name}
        return known

    async def _records(self, term: str) -> list[Descriptor]:
        parameters = {"db": "mesh", "term": term, "retmax": str(_MOST_RECORDS)}
        found = read_search(
            await self._transport.ask(self._source, "esearch.fcgi", parameters, post=True, check=read_search)
        )
        if not found.pmids:
            return []
        parameters = {"db": "mesh", "id": ",".join(map(str, found.pmids)), "retmode": "json"}
        return read_descriptors(
            await self._transport.ask(self._source, "esummary.fcgi", parameters, post=True, check=read_descriptors)
        )


def read_descriptors(body: bytes) -> list[Descriptor]:
    """The headings of an ESummary reply in JSON; qualifiers and supplementary concepts are passed over.

    Raises BadReplyError.
    """
    result = read_json(body).get("result")
    if not isinstance(result, dict) or not isinstance(result.get("uids"), list):
        raise BadReplyError("it has no summaries")
    records = [result.get(str(uid)) for uid in result["uids"]]
    return [
        Descriptor(identifier=str(record.get("ds_meshui", "")), terms=terms)
        for record in records
        if isinstance(record, dict) and record.get("ds_recordtype") == "descriptor" and (terms := _terms(record))
    ]


def _terms(record: dict[str, object]) -> tuple[str, ...]:
    listed = record.get("ds_meshterms")
    if not isinstance(listed, list):
        return ()
    said = [" ".join(one.replace("\0", "").split()) for one in listed if isinstance(one, str)]
    return tuple(dict.fromkeys(one for one in said if one))
