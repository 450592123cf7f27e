"""Titles and abstracts as plain text: PubMed's inline markup flattened."""

import re

from lxml import etree

_POWER = re.compile(r"[-−+]?\d")


def plain_text(element: etree._Element | None) -> str:
    """The element's text without its tags, white space collapsed; empty for None.

    A superscript that begins with a number and follows a digit is a power and gets a caret: 10<sup>-3</sup> must
    not become 10-3. Every other script is set on the line: CO<sub>2</sub> is CO2, Ca<sup>2+</sup> is Ca2+.
    """
    if element is None:
        return ""
    if len(element) == 0:
        text = element.text
        # Splitting and joining is for texts that need it: names and codes are most of what is read.
        return "" if text is None else text if text.isalnum() else " ".join(text.split())
    pieces: list[str] = []
    _collect(element, pieces)
    return " ".join("".join(pieces).split())


def _collect(element: etree._Element, pieces: list[str]) -> None:
    text = element.text or ""
    if element.tag == "sup":
        before = pieces[-1] if pieces else ""
        if before[-1:].isdigit() and _POWER.match(text):
            pieces.append("^")
    pieces.append(text)
    for child in element:
        _collect(child, pieces)
        pieces.append(child.tail or "")
