"""`primetime opportunity explain`: a published score computed again from its receipt."""

import re

import click
import orjson
import psycopg

from primetime.analysis import reading
from primetime.analysis.opportunity import PARTS, from_receipt
from primetime.commands.session import begin, database
from primetime.errors import BadInput, NotFound, PrimeTimeError


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
    if topic.receipt is None:
        reason = topic.opportunity["refused"]
        if as_json:
            click.echo(orjson.dumps({"run": run, "topic": topic.id, "name": topic.name, "refused": reason}))
        else:
            click.echo(f"{topic.name} (run {run}, topic {topic.id}) has no score: {reason}")
        return
    again = from_receipt(topic.receipt)
    published = {name: topic.opportunity[name] for name in ("score", "label", *PARTS)}
    recomputed = {name: getattr(again, name) for name in published}
    if as_json:
        shown = {"run": run, "topic": topic.id, "name": topic.name, "published": published, "recomputed": recomputed}
        click.echo(orjson.dumps({**shown, "same": published == recomputed, "receipt": topic.receipt}))
    else:
        receipt = topic.receipt
        click.echo(f"{topic.name} (run {run}, topic {topic.id}, {receipt['sample_size']} articles)")
        for name in PARTS:
            click.echo(
                f"  {name:9} {receipt['inputs'][name]:9.4f} is at {recomputed[name]:.4f} of the reference, "
                f"weight {receipt['weights'][name]:g}"
            )
        click.echo(f"  score {recomputed['score']:.4f}, {recomputed['label']}; published {published['score']:.4f}")
        made_by = f"snapshot {receipt['snapshot'][:12]}, model {receipt['model_hash'][:12]}"
        click.echo(f"  {made_by}, release {receipt['release_id']}")
    if published != recomputed:
        raise PrimeTimeError(
            f"the published score of run {run}, topic {topic.id} is not what its receipt gives",
            remedy="run `primetime analyse` again and report this",
        )


def _newest(connection: psycopg.Connection) -> int:
    run = reading.latest_run(connection)
    if run is None:
        raise NotFound("no analysis has run yet", remedy="run `primetime analyse`")
    return run.id
