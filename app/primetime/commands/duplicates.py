"""`primetime duplicates`: of a file, or of the stored articles."""

import csv
import io
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from primetime.analysis.near_duplicates import stored_near_duplicates
from primetime.articles.duplicates.finding import Pair, find_pairs, groups
from primetime.articles.duplicates.fingerprint import Fingerprint, fingerprint
from primetime.articles.duplicates.linking import link_duplicates, undo
from primetime.articles.exporting.csv_table import neutral
from primetime.articles.formats.recognising import read_articles
from primetime.articles.local_number import is_local
from primetime.articles.record import Article, SkippedRecord
from primetime.commands.output import whole_file
from primetime.commands.session import begin, database, leave_record, read_only
from primetime.errors import BadInput

_COLUMNS = ("first record", "second record", "reason", "title likeness", "first PMID", "second PMID", "first DOI",
            "second DOI", "first title", "second title")  # fmt: skip


@click.command("duplicates")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(path_type=Path, allow_dash=True), help="CSV of FILE's pairs; - is stdout.")
@click.option("--undo", "undone", type=int, metavar="NUMBER", help="Say that this stored article is no duplicate.")
@click.option("--near", is_flag=True, help="Show the stored articles with nearly the same text.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object, on stderr beside a CSV.")
def duplicates_command(file: Path | None, output: Path | None, undone: int | None, near: bool, as_json: bool) -> None:
    """Write the pairs of records of FILE that are of one article.

    FILE is PubMed XML, NBIB, RIS, EndNote XML or CSV, plain or gzip, told by its content. Records are numbered from 1.
    Without FILE, the stored articles are looked through, and what is found is kept as links; none is deleted.
    With --near, the pairs are shown that the newest analysis found to be alike in their texts, whatever their titles.
    """
    if near:
        if file is not None or output is not None or undone is not None:
            raise BadInput("--near stands alone", remedy="see primetime duplicates --help")
        _near(as_json=as_json)
    elif file is not None and undone is None:
        if output is None:
            raise BadInput("--output is missing", remedy="say where the pairs go: --output PAIRS.csv")
        _of_file(file, output, as_json=as_json)
    elif output is not None or file is not None:
        raise BadInput("--output belongs to a FILE, and --undo stands alone", remedy="see primetime duplicates --help")
    else:
        _of_stored(undone, as_json=as_json)


def _of_file(file: Path, output: Path, *, as_json: bool) -> None:
    articles: dict[int, Article] = {}
    skipped = 0
    for number, record in enumerate(read_articles(file), 1):
        if isinstance(record, SkippedRecord):
            skipped += 1
            click.echo(f"{file}: skipped {record}", err=True)
        elif isinstance(record, Article):
            articles[number] = record
    if not articles:
        raise BadInput(f"{file} has no articles to compare", remedy="choose a file with titles, not a list of PMIDs")
    records: list[Fingerprint] = [fingerprint(article, number) for number, article in articles.items()]
    pairs = find_pairs(records)
    with whole_file(output) as target:
        target.write(_csv(pairs, articles))
    found = groups(pairs)
    counts = {
        "records": len(articles),
        "skipped": skipped,
        "pairs": len(pairs),
        "groups": len(found),
        "different": len(articles) - sum(len(group) - 1 for group in found),
    }
    told = orjson.dumps(counts).decode() if as_json else ", ".join(f"{count} {name}" for name, count in counts.items())
    click.echo(told if as_json else f"{file}: {told}", err=str(output) == "-")


def _csv(pairs: list[Pair], articles: dict[int, Article]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    for pair in pairs:
        one, other = articles[pair.first], articles[pair.second]
        row = [pair.first, pair.second, pair.reason, round(pair.score, 3), _pmid(one), _pmid(other)]
        row += [one.doi or "", other.doi or "", one.title, other.title]
        writer.writerow([neutral(cell) for cell in row])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _pmid(article: Article) -> int | str:
    return "" if is_local(article.pmid) else article.pmid


def _of_stored(undone: int | None, *, as_json: bool) -> None:
    settings = begin()
    with database(settings) as connection:
        if undone is not None:
            undo(connection, undone)
            leave_record(connection, subject=f"pmid={undone}")
            click.echo(f"article {undone} stands for itself again")
            return
        report = link_duplicates(connection)
        leave_record(connection, links=report.links, new=report.new)
    if as_json:
        click.echo(orjson.dumps(asdict(report)))
    else:
        click.echo(f"{report.articles} articles, {report.links} linked to another, {report.new} of them now")


def _near(*, as_json: bool) -> None:
    with read_only(begin()) as connection:
        found = stored_near_duplicates(connection)
    if as_json:
        click.echo(orjson.dumps({"items": [asdict(pair) for pair in found]}))
        return
    for pair in found:
        click.echo(f"{pair.similarity:.3f}  {pair.one:>9}  {pair.title}\n{'':5}  {pair.other:>9}  {pair.other_title}")
    if not found:
        click.echo("no stored articles have nearly the same text, or none was analysed yet", err=True)
