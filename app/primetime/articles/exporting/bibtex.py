"""BibTeX, in UTF-8, with everything escaped that TeX would read as a command."""

from collections.abc import Iterable, Iterator

from primetime.articles.exporting.ris import person_line
from primetime.articles.exporting.selection import Context, ExportRow
from primetime.articles.folding import letters_and_digits

# BibTeX counts braces even behind a backslash, so that a single one has to have a name.
_SPECIAL = str.maketrans(
    {
        "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    }
)  # fmt: skip
# Fields that programs read, not TeX.
_VERBATIM = frozenset({"doi", "url", "pmid", "pmcid"})
_UNSAFE = str.maketrans("", "", "\\{}")


def bibtex_pieces(rows: Iterable[ExportRow], _context: Context) -> Iterator[bytes]:
    for row in rows:
        fields = [("author", _authors(row)), *((name, _escaped(name, value)) for name, value in _fields(row))]
        lines = [f"  {name} = {{{value}}}," for name, value in fields if value]
        yield ("\n".join([f"@article{{{_key(row)},", *lines, "}"]) + "\n\n").encode()


def _fields(row: ExportRow) -> Iterator[tuple[str, str]]:
    yield "title", row.title
    yield "journal", row.journal
    yield "year", str(row.publication_year or "")
    yield "volume", row.volume
    yield "number", row.issue
    yield "pages", row.pages.replace("-", "--") if row.pages.count("-") == 1 else row.pages
    yield "issn", row.details.get("journal_issn", "")
    yield "doi", row.doi or ""
    if row.pubmed_id is not None and row.owner != "MADE-UP":
        yield "pmid", str(row.pubmed_id)
        yield "url", f"https://pubmed.ncbi.nlm.nih.gov/{row.pubmed_id}/"
    yield "pmcid", row.pmc or ""
    yield "language", ", ".join(row.languages)
    yield "keywords", ", ".join(dict.fromkeys((*row.keywords, *(heading["name"] for heading in row.mesh))))
    yield "abstract", row.abstract


def _key(row: ExportRow) -> str:
    first = row.authors[0] if row.authors else {}
    name = letters_and_digits(first.get("last_name") or first.get("collective_name") or "")
    ascii_name = name.encode("ascii", "ignore").decode()[:30] or "article"
    return f"{ascii_name}{row.publication_year or ''}-{row.pmid}"


def _authors(row: ExportRow) -> str:
    """Names between `and`; a group, or a name that has an `and` of its own, in braces."""
    names = []
    for author in row.authors:
        group = author.get("collective_name")
        name = _escaped("author", group or person_line(author))
        names.append(f"{{{name}}}" if group or " and " in name.lower() else name)
    return " and ".join(names)


def _escaped(name: str, value: str) -> str:
    return " ".join(value.translate(_UNSAFE if name in _VERBATIM else _SPECIAL).split())
