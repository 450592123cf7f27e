"""`primetime migrate`, `import`, `export`."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import IO

import click
import orjson

from primetime.articles.csv_export import export_filtered
from primetime.articles.duplicates.linking import LinkReport, link_if_needed
from primetime.articles.listing import Filters
from primetime.articles.parallel_reading import read_rows
from primetime.articles.storing import ImportReport, store_rows
from primetime.commands.output import whole_file
from primetime.commands.session import begin, database, progress_bar
from primetime.database.connection import connect
from primetime.database.migrations import migrate
from primetime.errors import BadInput
from primetime.settings import Settings

_COUNTS = ("read", "new", "updated", "unchanged", "skipped", "deleted", "wanted")


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database to this release's schema."""
    with connect(begin()) as connection:
        applied = migrate(connection)
    click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to apply")


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def import_command(files: tuple[Path, ...], as_json: bool) -> None:
    """Store the articles of FILES: PubMed XML, NBIB, RIS, EndNote XML or CSV, plain or gzip, told by their content.

    A list of PMIDs is kept as articles to be fetched. A record that cannot be read is told on stderr and skipped. A
    file in no such format, or that ends early, is stored not at all; files before it stay stored.
    """
    settings = begin()
    for file in files:
        if not file.is_file():
            raise BadInput(f"there is no file {file}", remedy="check the path")
    reports: list[tuple[Path, ImportReport]] = []
    linked: LinkReport | None = None
    with database(settings) as connection:
        for file in files:
            with progress_bar("records") as progress:
                report = store_rows(connection, read_rows(file), progress=partial(progress, total=0))
            for problem in report.problems:
                click.echo(f"{file}: skipped {problem}", err=True)
            reports.append((file, report))
            if not as_json:
                click.echo(f"{file}: " + ", ".join(f"{getattr(report, name)} {name}" for name in _COUNTS))
        if any(report.new or report.updated for _, report in reports):
            linked = link_if_needed(connection)
    if linked is not None and not as_json:
        click.echo(f"{linked.links} articles are duplicates of others, {linked.new} of them found now")
    if as_json:
        totals = {name: sum(getattr(report, name) for _, report in reports) for name in _COUNTS}
        per_file = [
            {
                "file": str(file),
                **{name: getattr(report, name) for name in _COUNTS},
                "problems": [asdict(problem) for problem in report.problems],
            }
            for file, report in reports
        ]
        click.echo(orjson.dumps({**totals, "duplicates": linked.links if linked else 0, "files": per_file}))


@click.command("export")
@click.option(
    "--output", required=True, type=click.Path(path_type=Path, allow_dash=True), help="CSV file; - is stdout."
)
@click.option("--q", help="Only articles with these words (full text).")
@click.option("--year-from", type=int)
@click.option("--year-to", type=int)
def export_command(output: Path, q: str | None, year_from: int | None, year_to: int | None) -> None:
    """Write the articles as CSV, newest first."""
    filters = Filters(q=q, year_from=year_from, year_to=year_to)
    settings = begin()
    with whole_file(output) as file:
        _write(settings, filters, file)


def _write(settings: Settings, filters: Filters, file: IO[bytes]) -> None:
    with database(settings) as connection:
        for piece in export_filtered(connection, filters):
            file.write(piece)
