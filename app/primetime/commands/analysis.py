"""`primetime embed`, `analyse`, `search`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from primetime.analysis.assigning import assign_new
from primetime.analysis.storing import EVERYTHING, search_scope
from primetime.articles.identifiers import read_pmid
from primetime.articles.listing import Filters, summaries_of
from primetime.commands.session import begin, database, leave_record, progress_bar, read_only
from primetime.errors import BadInput, Busy
from primetime.jobs.analysing import bulk_pace, run_analysis
from primetime.jobs.planning import plan_lines, plan_night
from primetime.searches.storing import fetched_pmids, require
from primetime.vectors.hybrid import Found, hybrid_search
from primetime.vectors.nearest import Neighbour, nearest_articles
from primetime.vectors.serving_encoder import encode_new, open_serving

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command("embed")
@click.option("--cpu-share", type=float, help="Share of the time to work, above 0 to 1; default: the setting's.")
@_JSON
def embed_command(cpu_share: float | None, as_json: bool) -> None:
    """Encode the articles that have no vector of the serving model yet; a stopped run continues where it was."""
    settings = begin()
    pace = bulk_pace(settings, cpu_share)
    with database(settings) as connection, progress_bar("articles") as progress:
        report = encode_new(
            connection, settings.model_directory, threads=settings.encoder_threads, progress=progress, pace=pace
        )
        try:
            assigned = assign_new(connection, report.model_hash)
        except Busy:
            assigned = None
        placed = assigned.articles if assigned else 0
        if report.encoded or placed:
            leave_record(connection, subject=f"model={report.model_hash}", encoded=report.encoded, placed=placed)
    if as_json:
        click.echo(orjson.dumps({**asdict(report), "assigned": assigned and asdict(assigned)}))
        return
    click.echo(f"{report.encoded} encoded, {report.already} were already (model {report.model_hash})")
    if assigned is None:
        click.echo(
            "an analysis is running; run this again after it to place on its map what it does not know", err=True
        )
    elif assigned.articles:
        click.echo(f"{assigned.articles} placed on the map of the newest analysis, {assigned.in_a_topic} in a topic")


@click.command("analyse")
@click.option("--new-reference", is_flag=True, help="Measure scores against this run's topics from now on.")
@click.option(
    "--pmids", "pmids_file", type=click.Path(path_type=Path), help="Analyse these alone: a file of PMIDs, one a line."
)
@click.option("--scope", help="The name under which an analysis of --pmids is kept.")
@click.option("--search", "search_id", type=int, help="Analyse the articles of this search alone.")
@click.option("--plan", "plan_only", is_flag=True, help="Print what the next night will do and cost, and do nothing.")
@_JSON
def analyse_command(
    new_reference: bool,
    pmids_file: Path | None,
    scope: str | None,
    search_id: int | None,
    plan_only: bool,
    as_json: bool,
) -> None:
    """Encode what is new, then find topics, forecasts and opportunities; published whole or not at all."""
    pmids = None if pmids_file is None else read_pmids(pmids_file)
    if (pmids is None) != (scope is None) or scope == EVERYTHING:
        raise BadInput("--pmids and --scope belong together", remedy="name the selection, say --scope 'statins'")
    if search_id is not None and pmids is not None:
        raise BadInput("--search and --pmids exclude each other", remedy="give one of them")
    if new_reference and (search_id is not None or pmids is not None):
        raise BadInput("a reference is made of everything, never of a selection", remedy="leave --new-reference out")
    settings = begin()
    if plan_only:
        with read_only(settings) as connection:
            plan = plan_night(connection, settings)
        shown = orjson.dumps({**asdict(plan), "wall_seconds": plan.wall_seconds}) if as_json else None
        click.echo(shown if shown is not None else "\n".join(plan_lines(plan)))
        return
    with (
        database(settings) as connection,
        progress_bar("articles") as encoding,
        progress_bar("steps") as analysing,
    ):
        if search_id is not None:
            require(connection, search_id)
            pmids, scope = fetched_pmids(connection, search_id), search_scope(search_id)
            connection.commit()
        encoded, report = run_analysis(
            connection,
            settings,
            encoding=encoding,
            analysing=analysing,
            renew_reference=new_reference,
            scope=scope or EVERYTHING,
            pmids=pmids,
        )
        leave_record(connection, subject=f"run={report.run_id}")
    if as_json:
        click.echo(orjson.dumps({"encoding": asdict(encoded), "analysis": asdict(report)}))
    else:
        click.echo(
            f"run {report.run_id}: {report.topics} topics among {report.articles} articles, "
            f"{report.forecasts} forecasts, {report.opportunities} opportunities ({encoded.encoded} newly encoded)"
        )


def read_pmids(file: Path) -> list[int]:
    """The PMIDs of a file, one a line, empty lines passed over. Raises BadInput naming the first that is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"cannot read {file}: {error}", remedy="give a text file of PMIDs, one a line") from None
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        pmid = read_pmid(line.strip())
        if pmid is None:
            raise BadInput(f"{file}, line {number}: {line[:40]!r} is no PMID", remedy="give one PMID a line")
        found.append(pmid)
    if not found:
        raise BadInput(f"{file} has no PMID", remedy="give one PMID a line")
    return found


@click.command("search")
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000))
@click.option("--year-from", type=int)
@click.option("--year-to", type=int)
@click.option("--hybrid", is_flag=True, help="Fuse with full text: those with all the words come forward.")
@_JSON
def search_command(
    text: str, limit: int, year_from: int | None, year_to: int | None, hybrid: bool, as_json: bool
) -> None:
    """Find the articles nearest in meaning to TEXT."""
    if not text.strip():
        raise BadInput("the text is empty", remedy="write what you are looking for")
    settings = begin()
    with read_only(settings) as connection:
        encoder = open_serving(connection, settings.model_directory, threads=settings.encoder_threads)
        vector = encoder.encode([text])[0]
        model_hash = encoder.manifest.hash
        filters = Filters(year_from=year_from, year_to=year_to)
        neighbours: Sequence[Neighbour | Found]
        if hybrid:
            neighbours = hybrid_search(connection, text, vector, model_hash=model_hash, limit=limit, filters=filters)
        else:
            neighbours = nearest_articles(connection, vector, model_hash=model_hash, limit=limit, filters=filters)
        found = summaries_of(connection, [neighbour.pmid for neighbour in neighbours])
    similarity = {neighbour.pmid: neighbour.similarity for neighbour in neighbours}
    if as_json:
        items = [{**asdict(article), "similarity": similarity[article.pmid]} for article in found]
        click.echo(orjson.dumps({"query": text, "model": encoder.manifest.hash, "items": items}))
        return
    for article in found:
        likeness = similarity[article.pmid]
        shown = "     " if likeness is None else f"{likeness:.3f}"
        click.echo(f"{shown}  {article.pmid:>9}  {article.year or '    '}  {article.title}")
    if not found:
        click.echo("nothing is encoded with this model yet: run `primetime embed`", err=True)
