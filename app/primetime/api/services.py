"""What the handlers of one process share, and how they get at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, cast

import psycopg
from fastapi import Depends, Request
from procrastinate import App
from psycopg_pool import ConnectionPool

from primetime.accounts.people import Account, Role
from primetime.accounts.rate_limit import ModelLimit, SignInLimit
from primetime.accounts.sessions import Sessions
from primetime.encoder.serving import Encoder
from primetime.errors import ModelProblem, NotAllowed
from primetime.settings import Settings
from primetime.vectors.serving_encoder import ServingEncoder

COOKIE = "primetime_session"


class SignedOutError(NotAllowed):
    """Nobody is signed in."""


@dataclass(kw_only=True)
class Services:
    settings: Settings
    pool: ConnectionPool
    sessions: Sessions
    sign_in_limit: SignInLimit
    model_limit: ModelLimit
    queue: App
    serving: ServingEncoder

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


def services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


ServicesOf = Annotated[Services, Depends(services)]


def _connection(shared: ServicesOf) -> Iterator[psycopg.Connection]:
    with shared.pool.connection() as connection:
        yield connection


# Committed before the answer goes out, so that the client's next request sees what this one did.
Connection = Annotated[psycopg.Connection, Depends(_connection, scope="function")]


def _streaming_connection(shared: ServicesOf) -> Iterator[psycopg.Connection]:
    with shared.pool.connection() as connection:
        yield connection


# Held until the last byte of the answer is out.
StreamingConnection = Annotated[psycopg.Connection, Depends(_streaming_connection, scope="request")]


def signed_in(request: Request, shared: ServicesOf, connection: Connection) -> Account:
    """The account of the request's session. Raises SignedOutError (401)."""
    token = request.cookies.get(COOKIE)
    account = shared.sessions.account(connection, token) if token else None
    if account is None:
        raise SignedOutError("nobody is signed in", remedy="sign in first")
    return account


Reader = Annotated[Account, Depends(signed_in)]


def _researcher(account: Reader) -> Account:
    if not account.may_act_as(Role.RESEARCHER):
        raise NotAllowed(f"a {account.role} may only read", remedy="ask an administrator for the role researcher")
    return account


Researcher = Annotated[Account, Depends(_researcher)]
