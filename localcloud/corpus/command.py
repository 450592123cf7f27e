"""`localcloud corpus OUTPUT`: the command line of the corpus."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from localcloud.corpus.writing import write_corpus

CANNOT_WRITE = 3


@click.command()
@click.argument("output", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--articles", default=3000, show_default=True, type=click.IntRange(min=1), help="How many articles.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same file, to the byte.")
@click.option(
    "--until",
    default=2026,
    show_default=True,
    type=click.IntRange(2001, 2100),
    help="The twenty years end with the one before this.",
)
@click.option("--truth", type=click.Path(dir_okay=False, path_type=Path), help="CSV of pmid, topic, trend.")
def corpus(output: Path, articles: int, seed: int, until: int, truth: Path | None) -> None:
    """Write a made-up corpus as PubMed XML to OUTPUT, gzipped if it ends in .gz."""
    try:
        write_corpus(output, articles=articles, seed=seed, until=until, truth=truth)
    except OSError as error:
        click.echo(f"cannot write {error.filename or output} ({error.strerror}): choose another place", err=True)
        sys.exit(CANNOT_WRITE)
    click.echo(f"{articles} made-up articles in {output}")
