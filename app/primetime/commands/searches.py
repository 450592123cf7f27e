"""`primetime searches`: run one here and now, run the saved ones, fetch what is wanted, look up citations."""

from dataclasses import asdict

import click
import orjson

from primetime.commands.session import begin, database, leave_record, progress_bar
from primetime.jobs.analysing import bulk_pace
from primetime.jobs.searching import enqueue_search
from primetime.searches.record import Order
from primetime.searches.running import Means, run_search
from primetime.searches.saved import run_again
from primetime.searches.storing import create_search, find_search
from primetime.searches.wanted import fetch_wanted
from primetime.sources.opening import open_sources
from primetime.sources.refreshing import refresh_citations
from primetime.vectors.serving_encoder import open_serving

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group("searches")
def searches_group() -> None:
    """Search PubMed, again and again."""


@searches_group.command("run")
@click.argument("query")
@click.option("--max", "max_results", default=100, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--idea", default="", help="What the articles are to be likened to; default: the query's own words.")
@_JSON
def run_command(query: str, max_results: int, idea: str, as_json: bool) -> None:
    """Search PubMed for QUERY here and now: fetch, store, look up citations, encode, score."""
    settings = begin()
    with database(settings) as connection, open_sources(settings) as sources:
        encoder = open_serving(connection, settings.model_directory, threads=settings.encoder_threads)
        search_id = create_search(connection, Order(query=query, max_results=max_results, idea=idea))
        leave_record(connection, subject=f"search_id={search_id}")
        connection.commit()
        means = Means(settings=settings, sources=sources, encoder=encoder, pace=bulk_pace(settings))
        run_search(connection, means, search_id)
        search = find_search(connection, search_id)
    if as_json:
        click.echo(orjson.dumps(asdict(search)))
        return
    click.echo(
        f"search {search.id}: PubMed has {search.articles_found:,}; "
        f"{search.fetched:,} stored, {search.new:,} of them new"
    )
    if search.problem:
        click.echo(search.problem, err=True)


@searches_group.command("run-saved")
@click.option("--id", "saved_id", type=click.IntRange(1), help="Only this one, due or not.")
@_JSON
def run_saved_command(saved_id: int | None, as_json: bool) -> None:
    """Plan a search for each saved one that is due; the worker carries them out. For cron."""
    settings = begin()
    with database(settings) as connection:
        planned = run_again(connection, saved_id)
        for search_id in planned:
            enqueue_search(connection, search_id)
        if planned:
            leave_record(connection, subject=" ".join(f"search_id={one}" for one in planned))
    if as_json:
        click.echo(orjson.dumps({"planned": planned}))
    else:
        click.echo(f"{len(planned)} planned" + (": " + ", ".join(map(str, planned)) if planned else ""))


@searches_group.command("fetch-wanted")
@_JSON
def fetch_wanted_command(as_json: bool) -> None:
    """Fetch the articles that are wanted by PMID."""
    settings = begin()
    with database(settings) as connection, open_sources(settings) as sources, progress_bar("articles") as progress:
        report = fetch_wanted(connection, sources, progress=progress)
        if report.fetched:
            leave_record(connection, fetched=report.fetched)
    if as_json:
        click.echo(orjson.dumps(asdict(report), option=orjson.OPT_NON_STR_KEYS))
        return
    click.echo(f"{report.fetched:,} fetched")
    for pmid, problem in report.problems.items():
        click.echo(f"PMID {pmid}: {problem}", err=True)
    if report.unknown:
        shown = ", ".join(map(str, report.unknown[:20]))
        click.echo(f"PubMed gave no record of {len(report.unknown):,}: {shown}", err=True)


@searches_group.command("refresh-citations")
@_JSON
def refresh_citations_command(as_json: bool) -> None:
    """Look up the citations of all articles whose answers are missing or too old."""
    settings = begin()
    with database(settings) as connection, open_sources(settings) as sources:
        reports = refresh_citations(connection, sources.portal, sources.transport, settings)
        leave_record(connection, known=sum(report.known for report in reports))
    if as_json:
        click.echo(orjson.dumps([asdict(report) for report in reports]))
        return
    for report in reports:
        click.echo(f"{report.source}: asked about {report.asked:,}, known {report.known:,}")
        if report.problem:
            click.echo(report.problem, err=True)
