"""An article as a row of a table: the columns of CSV and Excel."""

from typing import Any

from primetime.articles.exporting.selection import Context, ExportRow
from primetime.articles.listing import author_line

# The first fifteen are the columns, in the order, of the prototype that this platform replaces.
COLUMNS = (
    "PMID",
    "Title",
    "Abstract",
    "Journal",
    "Publication Date",
    "Authors",
    "Citation Count",
    "Idea",
    "Keywords",
    "Max Results",
    "Search Timestamp",
    "Novelty Score",
    "Citation Rate Score",
    "Recency Score",
    "Opportunity Score",
    "DOI",
    "PMCID",
    "MeSH",
    "Publication Types",
    "Author Keywords",
    "Languages",
    "Volume",
    "Issue",
    "Pages",
    "RCR",
    "Retracted",
    "Topic",
    "Screening",
)


def cells(row: ExportRow, context: Context) -> list[object]:
    """The values in the order of COLUMNS; an empty text where one is not known."""
    values: dict[str, object] = {
        **context.about,
        "PMID": row.pubmed_id,
        "Title": row.title,
        "Abstract": row.abstract,
        "Journal": row.journal,
        "Publication Date": row.publication_date_printed,
        "Authors": "; ".join(author_line(author) for author in row.authors),
        "Citation Count": row.citations,
        "DOI": row.doi,
        "PMCID": row.pmc,
        "MeSH": "; ".join(heading_line(heading) for heading in row.mesh),
        "Publication Types": "; ".join(row.publication_types),
        "Author Keywords": "; ".join(row.keywords),
        "Languages": "; ".join(row.languages),
        "Volume": row.volume,
        "Issue": row.issue,
        "Pages": row.pages,
        "RCR": row.relative_citation_ratio,
        "Retracted": "yes" if row.retracted else "",
        "Topic": row.topic,
        **context.scores.get(row.pmid, {}),
    }
    return ["" if values.get(column) is None else values[column] for column in COLUMNS]


def heading_line(heading: dict[str, Any]) -> str:
    """A MeSH heading as MEDLINE prints it: an asterisk before a main point, qualifiers behind slashes."""
    qualifiers = heading["qualifiers"]
    own = heading["major"] and not any(item["major"] for item in qualifiers)
    return "/".join(
        [
            ("*" if own else "") + heading["name"],
            *(("*" if item["major"] else "") + item["name"] for item in qualifiers),
        ]
    )
