"""From suggestions to the concepts that a query begins with."""

from collections.abc import Iterable, Sequence

from primetime.keywords.query import Concept, Term
from primetime.keywords.suggesting import Heading, Suggestions

# Every further concept leaves fewer articles: the most relevant two are enough to begin with.
_CONCEPTS_ON = 2
MOST_TERMS = 60  # of a concept


def first_concepts(suggestions: Suggestions) -> tuple[Concept, ...]:
    """The suggested concepts as they may be put together: the first two on, the others off; no text stands in two."""
    headings = {heading.name: heading for heading in suggestions.mesh}
    grouped = with_their_entry_terms(suggestions.concepts, suggestions.mesh)
    taken = {text.lower() for texts in grouped for text in texts}
    concepts = []
    for number, texts in enumerate(grouped):
        on = number < _CONCEPTS_ON
        terms = [Term(text=text, field="mesh" if text in headings else "tiab", on=on) for text in texts]
        # A concept has room for so many, and its own words come before what its headings are also called.
        for text in texts:
            for entry in headings[text].entry_terms if text in headings else ():
                if entry.lower() not in taken:
                    taken.add(entry.lower())
                    terms.append(Term(text=entry, on=on))
        concepts.append(Concept(name=texts[0], terms=tuple(terms[:MOST_TERMS])))
    return tuple(concepts)


def with_their_entry_terms(concepts: Sequence[Sequence[str]], headings: Iterable[Heading]) -> list[list[str]]:
    """The concepts with each heading beside its entry terms: what MeSH calls the same is the same, whatever the
    encoder thinks. Where the entry terms are in several concepts, all go to the first of these.
    """
    grouped = [list(texts) for texts in concepts]
    for heading in headings:
        called = {heading.name.lower(), *(entry.lower() for entry in heading.entry_terms)}
        same = [text for texts in grouped for text in texts if text.lower() in called]
        home = next((texts for texts in grouped if any(text in same and text != heading.name for text in texts)), None)
        if home is None:
            continue
        moved = [text for text in same if text not in home]
        for texts in grouped:
            texts[:] = [text for text in texts if text not in moved]
        home += moved
    return [texts for texts in grouped if texts]
