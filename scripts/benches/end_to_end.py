"""Reading articles from PostgreSQL, encoding and storing them, beside encoding the same texts alone, in turns."""

import json
import logging
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click
import psycopg
import structlog

from playbook import REPOSITORY

ABSTRACTS = REPOSITORY.parent / "shared" / "data" / "pubmed" / "drug-reviews.xml.gz"


@click.command()
@click.option("--model", type=click.Path(path_type=Path, exists=True), required=True, help="An encoder artifact.")
@click.option("--articles", default=1024, show_default=True)
@click.option("--rounds", default=3, show_default=True, help="The best of each kind counts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(model: Path, articles: int, rounds: int, as_json: bool) -> None:
    """Compare tokens a second with and without the database."""
    from primetime.articles.pubmed_xml import read_pubmed_file
    from primetime.articles.record import Article, article_text
    from primetime.database.embedded import start_embedded_server
    from primetime.database.migrations import migrate
    from primetime.encoder.serving import Encoder
    from primetime.vectors.storing import encode_missing

    # Standard output is for the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if not ABSTRACTS.is_file():
        raise click.ClickException(f"{ABSTRACTS} is not there; this bench reads real records kept beside the checkout")
    encoder = Encoder.open(model)
    records = [record for record in read_pubmed_file(ABSTRACTS) if isinstance(record, Article) and record.abstract]
    records = records[:articles]
    texts = [article_text(record.title, record.abstract) for record in records]
    alone: list[float] = []
    whole: list[float] = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="primetime-bench-", ignore_cleanup_errors=True))
        connection = stack.enter_context(psycopg.connect(start_embedded_server(Path(folder) / "postgres")))
        migrate(connection)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO articles (pmid, title, abstract, content_hash) VALUES (%s, %s, %s, %s)",
                [(one.pmid, one.title, one.abstract, one.content_hash) for one in records],
            )
        connection.commit()
        tokens = encoder.encode_counted(texts).tokens  # every shape has been met once
        for _ in range(rounds):
            began = time.perf_counter()
            encoder.encode(texts)
            alone.append(tokens / (time.perf_counter() - began))
            connection.execute("DELETE FROM article_vectors")
            connection.commit()
            began = time.perf_counter()
            encode_missing(connection, encoder)
            whole.append(tokens / (time.perf_counter() - began))
    figures = {
        "name": "end_to_end",
        "articles": len(texts),
        "tokens": tokens,
        "encoding_alone": round(max(alone)),
        "read_encode_store": round(max(whole)),
        "unit": "real tokens a second",
        "share": round(max(whole) / max(alone), 3),
        "shares_of_rounds": [round(one / other, 3) for one, other in zip(whole, alone, strict=True)],
    }
    print(json.dumps(figures) if as_json else json.dumps(figures, indent=2))
