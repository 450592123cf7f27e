"""What the next night's work will be and what it will cost, by the rates that earlier runs were measured at."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psycopg

from primetime.analysis.corpus import count_articles
from primetime.analysis.due import what_is_due
from primetime.analysis.running import STEPS
from primetime.encoder.artifact import read_manifest
from primetime.encoder.pace import burst_left
from primetime.jobs.analysing import burst_of
from primetime.jobs.backtesting import night_backtests
from primetime.jobs.history import rates
from primetime.searches.renewing import count_to_renew
from primetime.settings import Settings
from primetime.sources.refreshing import count_to_refresh, looks_up_citations
from primetime.vectors.changing_model import new_model_waits
from primetime.vectors.serving_model import serving_hash
from primetime.vectors.storing import count_missing


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """One step to come."""

    name: str
    amount: int
    """articles; for citations as often as a source is asked about one"""
    cpu_seconds: float | None
    """None: never measured on this database"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The night's work before it starts."""

    steps: list[PlannedStep]
    unchanged_since: int | None
    """the analysis that stands because nothing, or little, has changed"""
    why: str
    """why it stands or does not"""
    cpu_seconds: float
    """of the steps that were measured before"""
    unknown: list[str]
    """steps that were not"""
    cores: int
    share: float
    """of all cores that the work may take now"""
    burst_left: float | None
    """percent; None: no reading"""

    @property
    def wall_seconds(self) -> float:
        """At least so long, if nothing else runs: the processor seconds at the share of all cores."""
        return self.cpu_seconds / (self.cores * self.share)


def plan_night(connection: psycopg.Connection, settings: Settings) -> Plan:
    """Raises ModelProblem where there is no encoder's artifact."""
    configured = read_manifest(settings.model_directory).hash
    model_hash = serving_hash(connection) or configured
    missing, already = count_missing(connection, model_hash)
    changes = new_model_waits(connection, settings.model_directory)
    # All is of the new model by then.
    due = what_is_due(connection, configured if changes else model_hash, settings, to_come=missing)
    # Duplicates are encoded, as a search may meet them, and not analysed.
    counted = min(missing + already, count_articles(connection))
    analysed = 0 if due.run or due.too_few else counted
    judged = counted if night_backtests(connection, configured if changes else model_hash, settings) else 0
    placed = {"assign": due.new} if due.run and due.new else {}
    asked = count_to_refresh(connection, settings, limit=settings.citations_a_night)
    amounts = {
        **({"citations": asked} if looks_up_citations(settings) else {}),
        **({"renew": count_to_renew(connection, settings)} if settings.articles_a_night else {}),
        "embed": missing,
        **({"change model": count_missing(connection, configured)[0]} if changes else {}),
        **placed,
        **dict.fromkeys(STEPS, analysed),
        "backtest": judged,
    }
    known = rates(connection)
    steps = [_step(name, amount, known.get(name)) for name, amount in amounts.items()]
    burst, share = burst_of(settings), settings.encoder_cpu_share
    left = burst_left(burst.file) if burst else None
    return Plan(
        steps=steps,
        unchanged_since=due.run.id if due.run else None,
        why=due.why,
        cpu_seconds=round(sum(step.cpu_seconds or 0.0 for step in steps), 1),
        unknown=[step.name for step in steps if step.cpu_seconds is None],
        cores=os.cpu_count() or 1,
        share=burst.share(share, left) if burst else share,
        burst_left=left,
    )


def plan_lines(plan: Plan) -> list[str]:
    """The plan as it is printed."""
    lines = ["The night's work, at the rates measured by earlier runs:"]
    for step in plan.steps:
        cost = "not measured yet" if step.cpu_seconds is None else f"{step.cpu_seconds:.1f} s of processor"
        lines.append(f"  {step.name:12} {step.amount:>9,} articles   {cost if step.amount else 'nothing to do'}")
    lines.append(f"  {plan.why}")
    known = "" if not plan.unknown else f", and {', '.join(plan.unknown)}"
    lines.append(f"  in all {plan.cpu_seconds:.1f} s of processor{known}")
    burst = "no reading" if plan.burst_left is None else f"{plan.burst_left:.0f} % left"
    lines.append(
        f"  at {plan.share:.0%} of {plan.cores} cores at least {plan.wall_seconds:.0f} s (burst capacity: {burst})"
    )
    return lines


def _step(name: str, amount: int, rate: float | None) -> PlannedStep:
    if amount == 0:
        return PlannedStep(name=name, amount=0, cpu_seconds=0.0)
    return PlannedStep(name=name, amount=amount, cpu_seconds=None if rate is None else round(rate * amount, 1))
