"""What quantising costs on real abstracts: the quality gate of a build, its retrieval half included, as a table.

Retrieval: within each systematic review, every article that was included asks for the others among all that the review
screened. The figures are means over the reviews. It is `primetime model build --reviews` on the records kept beside the
checkout.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

import click

from playbook import REPOSITORY

DATA = REPOSITORY.parent / "shared" / "data" / "pubmed"


@click.command()
@click.option("--most", default=1100, help="Reviews of more articles than this are left out: fp32 is slow.")
@click.option("--source", help="A model's name or folder; default: the packaged MiniLM.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(most: int, source: str | None, as_json: bool) -> None:
    """Compare each variant with fp32 on real abstracts and the reviews' inclusion labels."""
    from primetime.commands.labelled_records import read_labelled
    from primetime.encoder.building import Texts, build

    if not DATA.is_dir():
        raise click.ClickException(f"{DATA} is not there; this bench reads real records kept beside the checkout")
    labelled = read_labelled(DATA / "drug-reviews.xml.gz", DATA / "drug-reviews.labels.csv.gz", most=most)
    with tempfile.TemporaryDirectory() as folder:
        manifest = build(source, Path(folder) / "model", texts=Texts(labelled=labelled))
    original = manifest.variants["none"].retrieval
    assert original is not None
    table: dict[str, dict[str, Any]] = {}
    for name, variant in manifest.variants.items():
        assert variant.retrieval is not None
        table[name] = {
            **(variant.quality.model_dump(exclude={"texts"}) if variant.quality else {}),
            **variant.retrieval.model_dump(),
            "ndcg_10_relative": round(variant.retrieval.ndcg_10 / original.ndcg_10, 4),
            "recall_100_relative": round(variant.retrieval.recall_100 / original.recall_100, 4),
            "tokens_per_second": variant.tokens_per_second,
            "offered": variant.offered,
        }
    figures = {
        "name": "fidelity",
        "texts": len(labelled.texts),
        "reviews": [review.name for review in labelled.reviews],
        "source": manifest.source,
        "variants": table,
        "choice": manifest.choice,
    }
    print(json.dumps(figures) if as_json else json.dumps(figures, indent=2))
