"""Which model's vectors are read: beginning with one, changing to another at once, going back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import structlog
from psycopg import Connection
from psycopg.rows import class_row

from primetime.errors import BadInput, ModelProblem, NotFound
from primetime.vectors.halfvec import QUERIES
from primetime.vectors.nearest_index import drop_index

Reason = Literal["first", "switch", "rollback"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class ModelState:
    """A model that this database knows, and how far it is."""

    hash: str
    source: str
    dimension: int
    encoded: int
    """articles with an up-to-date vector of it"""
    missing: int
    """articles that still need one"""
    serving: bool
    served_before: bool


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A moment at which a model began to serve."""

    model_hash: str
    source: str
    switched_at: datetime
    reason: Reason


def serving_hash(connection: Connection[Any]) -> str | None:
    """The hash of the model whose vectors are read; None before the first article was encoded."""
    row = connection.execute(QUERIES["serving_hash"]).fetchone()
    return None if row is None else str(row[0])


def require_serving(connection: Connection[Any]) -> str:
    """The same where one is needed. Raises BadInput before the first article was encoded."""
    model_hash = serving_hash(connection)
    if model_hash is None:
        raise BadInput("nothing is encoded", remedy="import articles, then run `primetime analyse`")
    return model_hash


def model_states(connection: Connection[Any]) -> list[ModelState]:
    """Every model that has or had vectors, the serving one first."""
    with connection.cursor(row_factory=class_row(ModelState)) as cursor:
        return cursor.execute(QUERIES["model_states"]).fetchall()


def model_state(connection: Connection[Any], model_hash: str) -> ModelState:
    """One of them. Raises NotFound."""
    for state in model_states(connection):
        if state.hash == model_hash:
            return state
    raise NotFound(f"this database knows no model {model_hash}", remedy="`primetime model status` lists those it knows")


def switches(connection: Connection[Any], *, limit: int = 10) -> list[Switch]:
    """The latest changes of model, newest first."""
    with connection.cursor(row_factory=class_row(Switch)) as cursor:
        return cursor.execute(QUERIES["switches"], {"limit": limit}).fetchall()


def previous_model(connection: Connection[Any]) -> str:
    """The model that served before the present one. Raises NotFound when there was none."""
    row = connection.execute(QUERIES["previous_model"]).fetchone()
    if row is None:
        raise NotFound("no other model has served here before", remedy="`primetime model switch` changes the model")
    return str(row[0])


def serve_first(connection: Connection[Any], model_hash: str) -> None:
    """Let this model serve when none does. Commits."""
    with connection.transaction():
        connection.execute(QUERIES["lock_switches"])
        connection.execute(QUERIES["serve_first"], {"model_hash": model_hash})


def switch_to(connection: Connection[Any], model_hash: str) -> None:
    """Let this model serve from now on: one row, seen by every process at once. Commits.

    Raises ModelProblem while any article lacks a vector of it; the old one goes on serving then.
    """
    with connection.transaction():
        connection.execute(QUERIES["lock_switches"])
        before = serving_hash(connection)
        if before == model_hash:
            return
        missing = model_state(connection, model_hash).missing
        if missing:
            raise ModelProblem(
                f"{missing} articles have no vector of model {model_hash} yet, so {before or 'none'} goes on serving",
                remedy="run `primetime model switch` again, which encodes them first",
            )
        connection.execute(QUERIES["switch"], {"model_hash": model_hash, "reason": "switch"})
    log.warning("the serving model was changed", before=before, now=model_hash)


def roll_back(connection: Connection[Any], model_hash: str) -> ModelState:
    """Let a model serve again that served before, at once and as far as its vectors go. Commits.

    Raises NotFound when it never served, BadInput when its vectors are gone.
    """
    with connection.transaction():
        connection.execute(QUERIES["lock_switches"])
        state = model_state(connection, model_hash)
        if not state.served_before:
            raise NotFound(f"model {model_hash} never served", remedy="`primetime model switch` changes the model")
        if state.missing and not state.encoded:
            raise BadInput(
                f"the vectors of model {model_hash} are gone",
                remedy=f"encode them again: `primetime model switch {model_hash}`",
            )
        if not state.serving:
            connection.execute(QUERIES["switch"], {"model_hash": model_hash, "reason": "rollback"})
            log.warning("the serving model was rolled back", now=model_hash)
    return state


def forget_vectors(connection: Connection[Any], model_hash: str) -> int:
    """Delete a model's vectors; returns how many. Raises BadInput for the serving model, NotFound. Commits."""
    with connection.transaction():
        connection.execute(QUERIES["lock_switches"])
        if model_state(connection, model_hash).serving:
            raise BadInput(f"model {model_hash} is serving", remedy="change to another first: `primetime model switch`")
        drop_index(connection, model_hash)
        return connection.execute(QUERIES["forget_vectors"], {"model_hash": model_hash}).rowcount
