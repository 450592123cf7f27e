"""The parts of a record that are read from its text itself, where they are as plain as PubMed prints them.

Five of six elements of a record stand in a dozen parts, each of which nearly always has one and the same form. A
regular expression reads such a part in the time that a parser and its tree take for one of its elements. A part with
anything else in it (a comment, markup, an attribute that is new) stays in the record, for those who read the tree:
this room makes reading cheaper, and decides nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from primetime.articles import pubmed_plain_forms as forms
from primetime.articles.pubmed_journal import Journal
from primetime.articles.record import Author, Chemical, Correction, HistoryDate, MeshHeading, Reference

TAKEN = "\x7f"
"""The whole text of an element whose content has been taken out. XML allows the character, and nobody prints it."""

_TAKEN = TAKEN.encode()


class PlainParts(Struct, frozen=True, kw_only=True, gc=False):
    """What has been taken out of a record's text; empty where it is still in it, or the record has none."""

    completed: str = ""
    revised: str = ""
    journal: Journal = Journal()
    authors: tuple[Author, ...] = ()
    publication_types: tuple[tuple[str, str], ...] = ()  # UI and name
    journal_info: Mapping[str, str] = {}
    chemicals: tuple[Chemical, ...] = ()
    corrections: tuple[Correction, ...] = ()
    mesh: tuple[MeshHeading, ...] = ()
    history: tuple[HistoryDate, ...] = ()
    references: tuple[Reference, ...] = ()


NOTHING_TAKEN = PlainParts()


def take_plain_parts(xml: bytes) -> tuple[bytes, PlainParts]:
    """A record's text with the content of each plain part replaced by TAKEN, and what was taken.

    What is left is well-formed exactly where the whole is.
    """
    # In a comment or a CDATA section a tag is none.
    if b"!" in xml or (b"?" in xml and b"<?" in xml) or _TAKEN in xml:
        return xml, NOTHING_TAKEN
    left: list[bytes] = []
    taken: dict[str, Any] = {}
    behind = 0
    for part in _PARTS:
        start = xml.find(part.opening, behind)
        if start < 0:
            continue
        begin = xml.find(b">", start) + 1
        end = xml.find(part.closing, begin)
        try:
            read = part.read(xml[begin:end].decode()) if end > 0 else None
        except (forms.NotPlainError, UnicodeDecodeError):
            continue
        if read:
            taken[part.field] = read
            left += (xml[behind:begin], _TAKEN)
            behind = end
    return b"".join((*left, xml[behind:])), PlainParts(**taken)


class _Part(NamedTuple):
    field: str
    opening: bytes
    closing: bytes
    read: Callable[[str], object]


def _part(field: str, tag: str, read: Callable[[str], object]) -> _Part:
    return _Part(field, b"<" + tag.encode(), b"</" + tag.encode() + b">", read)


def _list(field: str, tag: str, item_tag: str, read: Callable[[str], object]) -> _Part:
    closing = f"</{item_tag}>"

    def read_items(content: str) -> tuple[object, ...]:
        *items, rest = content.split(closing)
        if rest.strip(" \t\r\n"):
            raise forms.NotPlainError
        return tuple(map(read, items))

    return _part(field, tag, read_items)


# In the order in which they stand in a record.
_PARTS = (
    _part("completed", "DateCompleted", forms.day),
    _part("revised", "DateRevised", forms.day),
    _part("journal", "Journal", forms.journal),
    _list("authors", "AuthorList", "Author", forms.author),
    _list("publication_types", "PublicationTypeList", "PublicationType", forms.publication_type),
    _part("journal_info", "MedlineJournalInfo", forms.journal_info),
    _list("chemicals", "ChemicalList", "Chemical", forms.chemical),
    _list("corrections", "CommentsCorrectionsList", "CommentsCorrections", forms.correction),
    _list("mesh", "MeshHeadingList", "MeshHeading", forms.heading),
    _list("history", "History", "PubMedPubDate", forms.history_date),
    _list("references", "ReferenceList", "Reference", forms.reference),
)
