"""`primetime opportunity explain`: a published score computed again from its receipt."""

import re
from typing import Any

import click
import orjson
import psycopg

from primetime.analysis import reading
from primetime.analysis.opportunity import Opportunity, from_receipt
from primetime.analysis.parts import NOVELTY, PARTS, VELOCITY
from primetime.analysis.storing import reference
from primetime.commands.session import begin, database
from primetime.errors import BadInput, NotFound, PrimeTimeError

_PUBLISHED = ("score", "label", "low", "high", *PARTS)
_MEASURES = {
    "distance": "mean distance to the 15 nearest earlier papers",
    "old": "share of those from the older half of earlier work",
    "rarity": "rarity of its MeSH headings' meeting",
    "papers": "growth of its papers over the field's, logarithm",
    "citations": "growth of their citation ratio over the field's",
}


@click.group("opportunity")
def opportunity_group() -> None:
    """Compute a score again from its receipt."""


@opportunity_group.command("explain")
@click.argument("id_")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain_command(id_: str, as_json: bool) -> None:
    """Show how the score of topic ID came about: TOPIC of the newest run, or RUN/TOPIC."""
    named = re.fullmatch(r"(?:(\d{1,9})/)?(\d{1,9})", id_, re.ASCII)
    if named is None:
        raise BadInput(f"{id_!r} names no topic", remedy="write TOPIC, or RUN/TOPIC, such as 3 or 12/3")
    with database(begin()) as connection:
        run = int(named[1]) if named[1] else _newest(connection)
        topic = reading.topic(connection, run, int(named[2]))
        kept = reference(connection, topic.receipt.get("reference_id", "")) if topic.receipt else None
    receipt = topic.receipt
    if receipt is None:
        reason = topic.opportunity["refused"]
        if as_json:
            click.echo(orjson.dumps({"run": run, "topic": topic.id, "name": topic.name, "refused": reason}))
        else:
            click.echo(f"{topic.name} (run {run}, topic {topic.id}) has no score: {reason}")
        return
    again = from_receipt(receipt)
    published = {name: topic.opportunity[name] for name in _PUBLISHED}
    recomputed = {name: getattr(again, name) for name in _PUBLISHED}
    kept_too = kept is not None and (kept.id, kept.percentiles) == (receipt["reference_id"], receipt["reference"])
    same = published == recomputed and kept_too
    if as_json:
        shown = {"run": run, "topic": topic.id, "name": topic.name, "published": published, "recomputed": recomputed}
        click.echo(orjson.dumps({**shown, "reference_kept": kept_too, "same": same, "receipt": receipt}))
    else:
        click.echo(f"{topic.name} (run {run}, topic {topic.id}, {receipt['sample_size']} articles)")
        _show(again, receipt, published["score"])
    if not same:
        wrong = "score" if kept_too else "reference distribution"
        raise PrimeTimeError(
            f"the published {wrong} of run {run}, topic {topic.id} is not what its receipt gives",
            remedy="run `primetime analyse` again and report this",
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
