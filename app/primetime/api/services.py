"""What the handlers of one process share, and how they get at it."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated, cast

import psycopg
from fastapi import Depends, Request
from fastapi.concurrency import contextmanager_in_threadpool
from procrastinate import App
from psycopg_pool import ConnectionPool

from primetime.accounts.people import Account, Role
from primetime.accounts.principals import Principal
from primetime.accounts.sessions import Sessions
from primetime.api.allowance import Allowance
from primetime.api.callers import Callers
from primetime.api.changes import Changes
from primetime.api.counts import KeptCounts
from primetime.api.shelf import Shelf
from primetime.buckets.bucket import Bucket, open_bucket
from primetime.encoder.serving import Encoder
from primetime.errors import ModelProblem, NotAllowed
from primetime.settings import Settings
from primetime.sources.eutils import PubMed
from primetime.sources.mesh import Mesh
from primetime.vectors.serving_encoder import ServingEncoder


class SignedOutError(NotAllowed):
    """Nobody is signed in."""


@dataclass(kw_only=True)
class Services:
    settings: Settings
    pool: ConnectionPool
    turns: asyncio.Semaphore  # one for each connection that the pool may have
    sessions: Sessions
    shelf: Shelf
    allowance: Allowance
    changes: Changes
    counts: KeptCounts
    callers: Callers
    queue: App
    pubmed: PubMed
    mesh: Mesh
    serving: ServingEncoder
    _opening: threading.Lock = field(default_factory=threading.Lock)
    _bucket: Bucket | None = None

    @property
    def encoder(self) -> Encoder | None:
        """The serving model's; ask once a request, as it may be exchanged between two."""
        return self.serving.encoder

    def require_encoder(self) -> Encoder:
        """The encoder. Raises ModelProblem when this process has none."""
        encoder = self.serving.encoder
        if encoder is None:
            raise self.serving.problem or ModelProblem("the encoder is not open")
        return encoder

    def require_bucket(self) -> Bucket:
        """The exports bucket, opened when the first export asks. Raises NotFound where the platform has none."""
        with self._opening:
            if self._bucket is None:
                self._bucket = open_bucket(self.settings, patient=False)
            return self._bucket


def services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


ServicesOf = Annotated[Services, Depends(services)]


@asynccontextmanager
async def lent(shared: Services) -> AsyncIterator[psycopg.Connection]:
    """A connection of the pool, for as long as it is needed; committed at the end."""
    # Who waits for a connection waits here, without a thread: those that have one need the threads to give it back.
    async with shared.turns, contextmanager_in_threadpool(shared.pool.connection()) as connection:
        yield connection


async def _connection(shared: ServicesOf) -> AsyncIterator[psycopg.Connection]:
    async with lent(shared) as connection:
        yield connection


# Committed before the answer goes out, so that the client's next request sees what this one did.
Connection = Annotated[psycopg.Connection, Depends(_connection, scope="function")]


async def _streaming_connection(shared: ServicesOf) -> AsyncIterator[psycopg.Connection]:
    async with lent(shared) as connection:
        yield connection


# Held until the last byte of the answer is out.
StreamingConnection = Annotated[psycopg.Connection, Depends(_streaming_connection, scope="request")]


def admitted(request: Request) -> None:
    """A second look at what the admission did, for every path that needs an account.

    Raises SignedOutError (401) for a request that has not passed it.
    """
    if getattr(request.state, "rule", None) is None:
        raise SignedOutError("nobody is signed in", remedy="sign in first")


def visitor(request: Request) -> Account | None:
    """The account behind the request; None: nobody, where reading without an account is allowed."""
    principal: Principal | None = request.state.principal
    return principal.account if principal else None


def signed_in(request: Request) -> Account:
    """The account behind the request. Raises SignedOutError (401)."""
    account = visitor(request)
    if account is None:
        raise SignedOutError("nobody is signed in", remedy="sign in first")
    return account


Visitor = Annotated[Account | None, Depends(visitor)]
Reader = Annotated[Account, Depends(signed_in)]


def _researcher(account: Reader) -> Account:
    if not account.may_act_as(Role.RESEARCHER):
        raise NotAllowed(f"a {account.role} may only read", remedy="ask an administrator for the role researcher")
    return account


Researcher = Annotated[Account, Depends(_researcher)]


def address(request: Request) -> str:
    return str(request.state.address)


Address = Annotated[str, Depends(address)]
