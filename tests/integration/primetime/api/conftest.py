"""The HTTP interface of a real application over a real PostgreSQL, and people who use it."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.passwords import hash_password
from primetime.accounts.people import QUERIES, Role
from primetime.api.application import create_app
from primetime.settings import Settings

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Of PASSWORD; made once, as a hash is slow on purpose."""
    return hash_password(PASSWORD)


@pytest.fixture
def people(connection: psycopg.Connection, password_hash: str) -> None:
    """One account of each role, `<role>@example.org`."""
    for role in Role:
        connection.execute(
            QUERIES["create_account"],
            {"email": f"{role}@example.org", "name": role.value, "role": role.value, "password_hash": password_hash},
        )
    connection.commit()


@pytest.fixture
def app_settings(settings: Settings) -> Settings:
    """What a module overrides to set the application otherwise."""
    return settings


@pytest.fixture
def client(app_settings: Settings, people: None) -> Iterator[TestClient]:
    """Signed out."""
    app = create_app(app_settings)
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def sign_in(client: TestClient, role: Role = Role.READER, password: str = PASSWORD) -> int:
    credentials = {"email": f"{role}@example.org", "password": password}
    return int(client.post("/api/v1/session", json=credentials).status_code)


@pytest.fixture
def researcher(client: TestClient) -> TestClient:
    assert sign_in(client, Role.RESEARCHER) == 200
    return client


@pytest.fixture
def administrator(client: TestClient) -> TestClient:
    assert sign_in(client, Role.ADMINISTRATOR) == 200
    return client
