"""E-utilities' replies of the database mesh: ESearch and ESummary over the headings of the corpus."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from localcloud.literature.corpus import Document
from localcloud.literature.fields import ENTRY_TERMS

# Who is asked for: D009203[MHUI], "Myocardial Infarction"[mh], or words that are a heading or an entry term.
_SOUGHT = re.compile(r'"?([^"\[\]]+?)"?\s*(?:\[([^\]]*)\])?\s*(?:\bOR\b|$)')


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A descriptor."""

    uid: str  # NCBI's number of it
    identifier: str  # MeSH's: D009203
    terms: tuple[str, ...]  # the heading, then its entry terms

    @property
    def summary(self) -> dict[str, object]:
        """As ESummary has it in JSON; what is not known here is empty, as it is there where MeSH has none."""
        return {
            "uid": self.uid,
            "ds_yearintroduced": "",
            "ds_scopenote": "",
            "ds_registrynumber": "",
            "ds_headingmappedto": "",
            "ds_meshterms": list(self.terms),
            "ds_subheading": [],
            "ds_papx": [],
            "ds_previousindexing": [],
            "ds_seerelated": [],
            "ds_palist": [],
            "ds_idxlinks": [],
            "ds_entrydate": "1/01/01 00:00",
            "ds_revisiondate": "1/01/01 00:00",
            "ds_headingmappedtolist": [],
            "ds_recordtype": "descriptor",
            "ds_meshui": self.identifier,
        }


class Mesh:
    """The headings of one corpus."""

    def __init__(self, documents: Iterable[Document]) -> None:
        met = {one.ui: one.name for document in documents for one in document.article.mesh if one.ui}
        self._headings = {ui: _heading(ui, name) for ui, name in sorted(met.items())}
        self._by_uid = {one.uid: one for one in self._headings.values()}

    def search(self, parameters: Mapping[str, str]) -> str:
        """What stands in an eSearchResult."""
        term = parameters.get("term", "").strip()
        found: dict[str, Heading] = {}
        for text, field in _SOUGHT.findall(term):
            found |= {one.uid: one for one in self._headings.values() if _matches(one, text.strip(), field.lower())}
        most = parameters.get("retmax", "20")
        page = list(found)[: int(most) if most.isascii() and most.isdigit() else 20]
        ids = "".join(f"<Id>{uid}</Id>\n" for uid in page)
        return (
            f"<Count>{len(found)}</Count><RetMax>{len(page)}</RetMax><RetStart>0</RetStart>"
            f"{f'<IdList>{ids}</IdList>' if ids else '<IdList/>'}<TranslationSet/>"
            f"<QueryTranslation>{escape(term)}</QueryTranslation>"
        )

    def summaries(self, parameters: Mapping[str, str]) -> str:
        """An ESummary reply in JSON, which alone is spoken here."""
        if parameters.get("retmode") != "json":
            return json.dumps({"error": "only retmode=json is spoken here"})
        uids = [one for one in re.split(r"[\s,]+", parameters.get("id", "")) if one]
        wrong = next((place for place, uid in enumerate(uids) if not (uid.isascii() and uid.isdigit())), None)
        if wrong is not None:
            said = f"Invalid uid {uids[wrong]} at position= {wrong}"
            return json.dumps({"header": _HEADER, "error": said, "result": {"uids": []}})
        result: dict[str, object] = {"uids": uids}
        for uid in uids:
            known = self._by_uid.get(uid)
            result[uid] = known.summary if known else {"uid": uid, "error": "cannot get document summary"}
        return json.dumps({"header": _HEADER, "result": result})


_HEADER = {"type": "esummary", "version": "0.3"}


def _heading(identifier: str, name: str) -> Heading:
    digits = identifier[1:]
    others = [entry for entry, heading in ENTRY_TERMS.items() if heading == name.lower()]
    first, _, last = name.rpartition(" ")
    if first and "," not in name:
        others.append(f"{last}, {first}")  # MeSH lists a heading's words exchanged, too
    terms = dict.fromkeys([name, *(other for other in others if other != name.lower())])
    # Of six figures 68 goes before them; of the nine of newer ones NCBI's number says nothing.
    uid = f"68{digits}" if len(digits) == 6 else str(2_000_000 + int(digits) % 1_000_000)
    return Heading(uid=uid, identifier=identifier, terms=tuple(terms))


def _matches(heading: Heading, text: str, field: str) -> bool:
    if field == "mhui":
        return heading.identifier == text.upper()
    return text.lower() in {one.lower() for one in heading.terms}
