"""`primetime migrate`, `import`, `export`."""

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson

from primetime.articles.duplicates.linking import link_if_needed
from primetime.articles.exporting.formats import ExportFormat, export_pieces, format_named
from primetime.articles.exporting.selection import select_filtered
from primetime.articles.listing import Filters
from primetime.articles.parallel_reading import read_rows
from primetime.articles.storing import ImportReport, store_rows
from primetime.commands.output import whole_file
from primetime.commands.session import begin, database, leave_record, progress_bar, read_only
from primetime.database.connection import connect
from primetime.database.migrations import migrate
from primetime.errors import BadInput

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
    with database(settings) as connection:
        for file in files:
            with progress_bar("records") as progress, connection.transaction():
                report = store_rows(connection, read_rows(file), progress=partial(progress, total=0))
                leave_record(connection, **{name: getattr(report, name) for name in _COUNTS})
            for problem in report.problems:
                click.echo(f"{file}: skipped {problem}", err=True)
            reports.append((file, report))
            if not as_json:
                click.echo(f"{file}: " + ", ".join(f"{getattr(report, name)} {name}" for name in _COUNTS))
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
@click.option("--output", required=True, type=click.Path(path_type=Path, allow_dash=True), help="- is stdout.")
@click.option(
    "--format",
    "chosen",
    type=click.Choice([str(known) for known in ExportFormat]),
    help="Default: by the ending of --output, else csv.",
)
@click.option("--q", help="Only articles with these words (full text).")
@click.option("--year-from", type=int)
@click.option("--year-to", type=int)
@click.option("--journal", help="Its whole name.")
@click.option("--publication-type", help="As PubMed names it: Review.")
@click.option("--mesh", help="A heading's name.")
@click.option("--duplicates", is_flag=True, help="Also those that are linked to another.")
def export_command(output: Path, chosen: str | None, **narrowed: Any) -> None:
    """Write articles as CSV, RIS, BibTeX, NBIB or Excel, newest first."""
    format_ = ExportFormat(chosen) if chosen else format_named(output.name) or ExportFormat.CSV
    settings = begin()
    with read_only(settings) as connection, whole_file(output) as file:
        for piece in export_pieces(select_filtered(connection, Filters(**narrowed)), format_):
            file.write(piece)
