"""`primetime opportunity explain`: a published score computed again from its receipt."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click
import orjson
import psycopg

from primetime.analysis import reading
from primetime.analysis.idea_novelty import novelty_from
from primetime.analysis.opportunity import Opportunity, from_receipt, kept_parts
from primetime.analysis.parts import NOVELTY, PARTS, VELOCITY
from primetime.analysis.storing import reference
from primetime.commands.session import begin, read_only
from primetime.errors import BadInput, Contradiction, NotFound
from primetime.searches.storing import find_search

_FIGURES = ("score", "label", "low", "high", *PARTS)
_MEASURES = {
    "distance": "mean distance to the 15 nearest earlier papers",
    "old": "share of those from the older half of earlier work",
    "rarity": "rarity of its MeSH headings' meeting",
    "papers": "growth of its papers over the field's, logarithm",
    "citations": "growth of their citation ratio over the field's",
}


@dataclass(frozen=True, kw_only=True)
class _Published:
    """A score, or why there is none, as it was published."""

    names: dict[str, Any]
    """by which it is told apart in JSON"""
    place: str
    """where it stands: "run 12, topic 3", "search 12\""""
    name: str
    figures: Mapping[str, Any]
    """the score with its parts and interval, or `refused`"""
    receipt: dict[str, Any] | None
    """None: it was not scored"""
    stored: Mapping[str, Any]
    """parts of the receipt as they are stored beside it too"""
    remedy: str
    """what makes it anew"""
    idea: Mapping[str, Any] | None = None
    """how novel a search's idea is by itself; None: it was not placed"""


@click.group("opportunity")
def opportunity_group() -> None:
    """Compute a score again from its receipt."""


@opportunity_group.command("explain")
@click.argument("id_", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_command(id_: str, as_json: bool) -> None:
    """Show how the score of ID came about, computed again from its receipt, and whether it is the published one.

    ID is TOPIC of the newest run, such as 3; RUN/TOPIC, such as 12/3; or search:SEARCH, such as search:12, for the
    articles that one search found. Ends with status 15, and names what differs, where the score, its receipt and what
    is stored beside it do not agree.
    """
    find = _named(id_)
    with read_only(begin()) as connection:
        published = find(connection)
        receipt = published.receipt
        kept = reference(connection, receipt.get("reference_id", "")) if receipt else None
    if receipt is None:
        reason = published.figures["refused"]
        if as_json:
            click.echo(orjson.dumps({**published.names, "name": published.name, "refused": reason}))
        else:
            click.echo(f"{published.name} ({published.place}) has no score: {reason}")
        return
    remedy = f"{published.remedy} again and report this"
    if published.idea is not None:
        _check_idea(published.idea, receipt, published.place, remedy)
    stored = {**published.stored, **(kept_parts(kept) if kept else {"reference_id": None})}
    # Receipts older than stored references are told by their method.
    if "reference_id" in receipt and (differing := [name for name in stored if receipt.get(name) != stored[name]]):
        raise Contradiction(
            f"the receipt of {published.place} is not what is stored: its {', '.join(differing)}", remedy=remedy
        )
    again = from_receipt(receipt)
    told = {name: published.figures.get(name) for name in _FIGURES}
    recomputed = {name: getattr(again, name) for name in _FIGURES}
    if as_json:
        shown = {**published.names, "name": published.name, "published": told, "recomputed": recomputed}
        click.echo(orjson.dumps({**shown, "same": told == recomputed, "receipt": receipt, "idea": published.idea}))
    else:
        click.echo(f"{published.name} ({published.place}, {receipt['sample_size']} articles)")
        _show(again, receipt, published.figures["score"])
        if published.idea is not None:
            novelty, titles = published.idea["novelty"], published.idea["receipt"]["titles"]
            click.echo(f"  the idea itself: novelty {novelty:.4f} among {titles} recent titles, as its receipt gives")
    if differing := [name for name in _FIGURES if told[name] != recomputed[name]]:
        raise Contradiction(
            f"of {published.place} the published {', '.join(differing)} is not what its receipt gives", remedy=remedy
        )
    if not as_json:
        click.echo(f"  the receipt gives the published score, parts and interval; {_compared(published.stored)}")


def _check_idea(idea: Mapping[str, Any], receipt: Mapping[str, Any], place: str, remedy: str) -> None:
    """Raise Contradiction unless the idea's receipt gives its novelty and was made with the score's."""
    own = idea["receipt"]
    if differing := [name for name in ("snapshot", "model_hash", "release_id") if own.get(name) != receipt.get(name)]:
        raise Contradiction(
            f"the idea's receipt of {place} is not what its score's is: its {', '.join(differing)}", remedy=remedy
        )
    if novelty_from(own) != idea["novelty"]:
        raise Contradiction(f"of {place} the idea's novelty is not what its receipt gives", remedy=remedy)


def _compared(stored: Mapping[str, Any]) -> str:
    return f"its {', '.join(['reference', 'field', *stored])} are what is stored beside it"


def _named(id_: str) -> Callable[[psycopg.Connection], _Published]:
    """How to find what an ID names. Raises BadInput where it names nothing."""
    if search := re.fullmatch(r"search:([1-9]\d{0,17})", id_, re.ASCII):
        return lambda connection: _search(connection, int(search[1]))
    if topic := re.fullmatch(r"(?:(\d{1,9})/)?(\d{1,9})", id_, re.ASCII):
        run = topic[1]
        return lambda connection: _topic(connection, int(run) if run else _newest(connection), int(topic[2]))
    raise BadInput(
        f"{id_!r} names no topic and no search",
        remedy="write TOPIC or RUN/TOPIC, such as 3 or 12/3, or search:SEARCH, such as search:12",
    )


def _topic(connection: psycopg.Connection, run: int, topic_id: int) -> _Published:
    made = reading.run(connection, run)
    topic = reading.topic(connection, run, topic_id)
    return _Published(
        names={"run": run, "topic": topic.id},
        place=f"run {run}, topic {topic.id}",
        name=topic.name,
        figures=topic.opportunity,
        receipt=topic.receipt,
        stored={
            "weights": made.parameters["weights"],
            "snapshot": made.snapshot,
            "model_hash": made.model_hash,
            "release_id": made.release_id,
            "sample": _sample_of(topic),
        },
        remedy="run `primetime analyse`",
    )


def _sample_of(topic: reading.Topic) -> dict[str, Any]:
    """The receipt's sample, were its years those that are stored as the topic's."""
    years = [one["year"] for one in topic.years for _ in range(one["articles"])]
    return {**(topic.receipt or {}).get("sample", {}), "years": years}


def _search(connection: psycopg.Connection, search_id: int) -> _Published:
    search = find_search(connection, search_id)
    if search.scores is None:
        raise NotFound(f"search {search_id} was not scored: it is {search.state}", remedy="name a search that is done")
    idea = search.scores.get("idea", {})
    return _Published(
        names={"search": search_id},
        place=f"search {search_id}",
        name=search.idea or search.keywords or search.query,
        figures=search.scores,
        receipt=search.scores.get("receipt"),
        stored={"model_hash": search.model_hash},
        remedy="search",
        idea=idea if "receipt" in idea else None,
    )


def _show(again: Opportunity, receipt: dict[str, Any], published: float) -> None:
    # A receipt of the method before has the parts alone.
    for name in (one for one in (*NOVELTY, *VELOCITY) if one in receipt["inputs"]):
        value = receipt["inputs"][name]
        click.echo(f"  {_MEASURES[name]:50} {'not known' if value is None else f'{value:.4f}'}")
    for name in PARTS:
        click.echo(
            f"  {name:9} {receipt['inputs'][name]:9.4f} is at {getattr(again, name):.4f} of the reference, "
            f"weight {receipt['weights'][name]:g}"
        )
    bootstrap = receipt["bootstrap"]
    click.echo(f"  score {again.score:.4f}, {again.label}; published {published:.4f}")
    click.echo(
        f"  {bootstrap['level']:.0%} interval {again.low:.4f} to {again.high:.4f} "
        f"({bootstrap['draws']} draws of its articles, the reference held)"
    )
    if receipt.get("citations"):
        first, last = receipt["citations"]["looked_up"]
        click.echo(f"  citation ratios by {receipt['citations']['source']}, looked up {first} to {last}")
    if receipt["note"]:
        click.echo(f"  {receipt['note']}")
    click.echo(f"  method {receipt['method']}")
    click.echo(f"  reference {receipt['reference_id']}, of snapshot {receipt['reference_snapshot'][:12]}")
    made_by = f"snapshot {receipt['snapshot'][:12]}, model {receipt['model_hash'][:12]}"
    click.echo(f"  {made_by}, release {receipt['release_id']}")


def _newest(connection: psycopg.Connection) -> int:
    run = reading.latest_run(connection)
    if run is None:
        raise NotFound("no analysis has run yet", remedy="run `primetime analyse`")
    return run.id
