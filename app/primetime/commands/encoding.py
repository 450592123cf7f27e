"""`primetime encode`."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

import click
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from primetime.commands.session import begin
from primetime.commands.text_lines import read_texts
from primetime.errors import BadInput


@click.command("encode")
@click.argument("texts", type=click.Path(path_type=Path))
@click.option(
    "--output", required=True, type=click.Path(path_type=Path), help="NumPy file: float32 [lines, dimension]."
)
@click.option("--cpu-share", type=float, help="Share of the time to work, above 0 to 1; default: the setting's.")
def encode_command(texts: Path, output: Path, cpu_share: float | None) -> None:
    """Encode TEXTS, one JSON object a line with the key `text`, into unit vectors. Needs no database."""
    from primetime.encoder.serving import Encoder
    from primetime.jobs.analysing import bulk_pace

    settings = begin()
    pace = bulk_pace(settings, cpu_share)
    read = read_texts(texts)
    if not output.parent.is_dir():
        raise BadInput(f"there is no folder {output.parent}", remedy="choose another --output")
    encoder = Encoder.open(settings.model_directory, threads=settings.encoder_threads)
    encoder.warm()
    with tqdm(total=len(read), unit=" texts", disable=None, leave=False, file=sys.stderr) as bar:
        result = encoder.encode_counted(read, pace=pace, progress=partial(_show, bar))
    vectors, tokens, cut = result.vectors, result.tokens, result.cut
    _write(vectors, output)
    note = f", {cut} of them cut at {encoder.manifest.max_length} tokens" if cut else ""
    click.echo(f"{output}: {len(read)} texts, {tokens} tokens{note}; model {encoder.manifest.hash}")


def _show(bar: "tqdm[NoReturn]", done: int, _total: int, tokens: int) -> None:
    elapsed = bar.format_dict["elapsed"]
    if elapsed:
        bar.set_postfix_str(f"{tokens / elapsed:.0f} tokens/s", refresh=False)
    bar.update(done - bar.n)


def _write(vectors: NDArray[np.float32], output: Path) -> None:
    # Written beside and renamed at the end, so that a stopped run leaves no half file under that name.
    unfinished = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            np.save(file, vectors)
        unfinished.replace(output)
    except OSError as error:
        raise BadInput(f"cannot write {output}: {error.strerror}", remedy="choose another --output") from error
    finally:
        unfinished.unlink(missing_ok=True)
