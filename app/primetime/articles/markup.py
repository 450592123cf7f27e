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
        return collapsed(element.text or "")
    pieces: list[str] = []
    _collect(element, pieces)
    return collapsed("".join(pieces))


def collapsed(text: str) -> str:
    """The text of an XML document with every run of white space as one space, and none at its ends."""
    if text.isalnum():
        return text
    # Nearly every text is so already. Telling it costs a tenth of splitting and joining a long one.
    if text.isascii() and not ("  " in text or "\n" in text or "\t" in text or "\r" in text):
        return text.strip(" ")
    return " ".join(text.split())


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
