"""What quantising costs on real abstracts: each variant against fp32, by vectors and by retrieval.

Retrieval: within each systematic review, every article that was included asks for the others among all that the review
screened. The figures are means over the reviews.
"""

import csv
import gzip
import json
import tempfile
from collections import defaultdict
from pathlib import Path

import click
import numpy as np

from playbook import REPOSITORY

DATA = REPOSITORY.parent / "shared" / "data" / "pubmed"


@click.command()
@click.option("--most", default=1100, help="Reviews of more articles than this are left out: fp32 is slow.")
@click.option("--source", help="A model's name or folder; default: the packaged MiniLM.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(most: int, source: str | None, as_json: bool) -> None:
    """Compare each variant with fp32 on real abstracts and the reviews' inclusion labels."""
    from primetime.articles.pubmed_xml import read_pubmed_file
    from primetime.articles.record import Article, article_text
    from primetime.encoder.calibration import calibration_sha256, calibration_texts
    from primetime.encoder.exporting import export_model, export_tokenizer
    from primetime.encoder.fidelity import compare, retrieval
    from primetime.encoder.serving import Encoder
    from primetime.encoder.source import resolve
    from primetime.encoder.variants import ENGINES, describe, make_variant

    if not DATA.is_dir():
        raise click.ClickException(f"{DATA} is not there; this bench reads real records kept beside the checkout")
    records = read_pubmed_file(DATA / "drug-reviews.xml.gz")
    texts = {
        record.pmid: article_text(record.title, record.abstract)
        for record in records
        if isinstance(record, Article) and record.abstract
    }
    reviews: dict[str, dict[int, bool]] = defaultdict(dict)
    with gzip.open(DATA / "drug-reviews.labels.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if int(row["pmid"]) in texts:
                reviews[row["review"]][int(row["pmid"])] = row["included"] == "1"
    reviews = {name: labels for name, labels in reviews.items() if len(labels) <= most and sum(labels.values()) > 1}
    pmids = sorted({pmid for labels in reviews.values() for pmid in labels})
    place_of = {pmid: index for index, pmid in enumerate(pmids)}
    chosen = [texts[pmid] for pmid in pmids]
    model = resolve(source)
    table: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "fp32"
        original.mkdir()
        export_model(model, original)
        export_tokenizer(model, original)
        reference = None
        for variant in ENGINES:
            place = Path(folder) / variant
            make_variant(variant, original, place, model, calibration_texts())
            describe(model, place, variant, calibration_sha256(calibration_texts()))
            vectors = Encoder.open(place).encode(chosen)
            reference = vectors if reference is None else reference
            quality = compare(reference, vectors)
            scores = [
                retrieval(vectors[[place_of[pmid] for pmid in labels]], np.asarray(list(labels.values())))
                for labels in reviews.values()
            ]
            ndcg, recall = np.mean(scores, axis=0)
            table[variant] = {
                "mean_cosine": quality.mean_cosine,
                "first_percentile_cosine": quality.first_percentile_cosine,
                "nearest_10_overlap": quality.nearest_10_overlap,
                "ndcg_10": round(float(ndcg), 4),
                "recall_100": round(float(recall), 4),
                "ndcg_10_relative": round(float(ndcg) / table.get("none", {}).get("ndcg_10", float(ndcg)), 4),
                "recall_100_relative": round(float(recall) / table.get("none", {}).get("recall_100", float(recall)), 4),
            }
            click.echo(f"{variant}: {table[variant]}", err=True)
    figures = {
        "name": "fidelity",
        "texts": len(chosen),
        "reviews": sorted(reviews),
        "source": model.name,
        "variants": table,
    }
    print(json.dumps(figures) if as_json else json.dumps(figures, indent=2))
