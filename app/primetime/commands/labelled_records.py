"""Reading what systematic reviews screened and included: PubMed records and a table of labels."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from primetime.articles.byte_window import read_plain_or_gzip
from primetime.articles.pubmed_xml import read_pubmed_file
from primetime.articles.record import Article, article_text
from primetime.encoder.fidelity import Labelled, Review
from primetime.errors import BadInput

_COLUMNS = ("review", "pmid", "included")
_REMEDY = "give CSV, plain or gzip, with the columns review, pmid and included (1 or 0)"


def read_labelled(records: Path, labels: Path, *, most: int | None = None) -> Labelled:
    """The records of PubMed XML that have an abstract, with the reviews of `labels` (CSV) that screened them.

    A record that a review names and the file lacks is left out, and so is a review with fewer than two included
    records, or with more than `most`. Raises BadInput when a file cannot be read or no review is left.
    """
    if not records.is_file():
        raise BadInput(f"there is no file {records}", remedy="check the path given to --reviews")
    screened = _read_labels(labels)
    texts = {
        record.pmid: article_text(record.title, record.abstract)
        for record in read_pubmed_file(records)
        if isinstance(record, Article) and record.abstract
    }
    present = {
        name: {pmid: included for pmid, included in marks.items() if pmid in texts} for name, marks in screened.items()
    }
    kept = {
        name: marks
        for name, marks in present.items()
        if sum(marks.values()) > 1 and (most is None or len(marks) <= most)
    }
    if not kept:
        raise BadInput(
            f"no review of {labels} has two included records in {records}", remedy="give the records that it screened"
        )
    pmids = sorted({pmid for marks in kept.values() for pmid in marks})
    row_of = {pmid: row for row, pmid in enumerate(pmids)}
    return Labelled(
        texts=[texts[pmid] for pmid in pmids],
        reviews=[
            Review(
                name=name,
                rows=np.asarray([row_of[pmid] for pmid in marks], dtype=np.int64),
                included=np.asarray(list(marks.values()), dtype=np.bool_),
            )
            for name, marks in sorted(kept.items())
        ],
    )


def _read_labels(path: Path) -> dict[str, dict[int, bool]]:
    try:
        text = read_plain_or_gzip(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"cannot read {path}: {error}", remedy=_REMEDY) from error
    reader = csv.DictReader(text.splitlines())
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or [])]
    if missing:
        raise BadInput(f"{path} has no column {', '.join(missing)}", remedy=_REMEDY)
    found: dict[str, dict[int, bool]] = defaultdict(dict)
    for row in reader:
        pmid, included = row["pmid"] or "", row["included"]
        if not (pmid.isascii() and pmid.isdigit()) or included not in ("0", "1"):
            raise BadInput(f"{path}:{reader.line_num} has the PMID {pmid!r} and the mark {included!r}", remedy=_REMEDY)
        found[row["review"]][int(pmid)] = included == "1"
    return found
