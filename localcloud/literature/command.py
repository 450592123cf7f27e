"""`localcloud literature`: PubMed and the citation sources, beside this local cloud."""

from __future__ import annotations

from pathlib import Path

import click

from localcloud import processes
from localcloud.settings import Settings


@click.command()
@click.argument("corpus", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def literature(corpus: tuple[Path, ...]) -> None:
    """Serve PubMed and the citation sources over CORPUS (PubMed XML), until `localcloud down`.

    Started again with other files it serves those. It is reached from this machine, and from the cloud's own.
    """
    settings = Settings.from_environment()
    process = processes.literature(settings, tuple(path.resolve() for path in corpus))
    process.stop()
    process.check_port_free()
    process.start(settings.as_environment())
    click.echo(f"PubMed            {settings.literature_url}/entrez/eutils   (for the cloud's machines: "
               f"http://{settings.gateway}:{settings.literature_port})")  # fmt: skip
