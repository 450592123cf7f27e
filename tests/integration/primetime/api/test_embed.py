"""`POST /api/v1/embed` with the real encoder."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.passwords import hash_password
from primetime.accounts.people import QUERIES
from primetime.api.application import create_app
from primetime.encoder.serving import Encoder
from primetime.settings import Settings

PASSWORD = "correct horse battery"


@pytest.fixture
def client(settings: Settings, connection: psycopg.Connection, model_directory: Path) -> Iterator[TestClient]:
    connection.execute(
        QUERIES["create_account"],
        {"email": "a@example.org", "name": "A", "role": "reader", "password_hash": hash_password(PASSWORD)},
    )
    connection.commit()
    app = create_app(settings.model_copy(update={"model_dir": model_directory, "limit_model": 7}))
    with TestClient(app, base_url="http://127.0.0.1:8000", raise_server_exceptions=False) as client:
        yield client


def sign_in(client: TestClient) -> None:
    assert client.post("/api/v1/session", json={"email": "a@example.org", "password": PASSWORD}).status_code == 200


def test_texts_become_the_encoders_vectors(client: TestClient, encoder: Encoder) -> None:
    sign_in(client)
    texts = ["heart failure", "", "قلب", "asthma " * 5000]
    answer = client.post("/api/v1/embed", json={"texts": texts})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["dimension"], body["cut"]) == (384, 1)
    assert body["model"]["hash"] == encoder.manifest.hash
    assert (np.sum(np.asarray(body["vectors"]) * encoder.encode(texts), axis=1) > 0.999).all()


def test_nobody_who_is_not_signed_in(client: TestClient) -> None:
    assert client.post("/api/v1/embed", json={"texts": ["a"]}).status_code == 401


@pytest.mark.parametrize("body", [{"texts": []}, {"texts": ["a"] * 65}, {"texts": [1]}, {"texts": ["a" * 100_001]}, {}])
def test_what_is_no_list_of_some_texts_is_refused(client: TestClient, body: dict[str, object]) -> None:
    sign_in(client)
    answer = client.post("/api/v1/embed", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_hours_requests_are_counted(client: TestClient) -> None:
    sign_in(client)
    statuses = [client.post("/api/v1/embed", json={"texts": ["a"]}).status_code for _ in range(8)]
    assert statuses == [200] * 7 + [429]
    answer = client.post("/api/v1/embed", json={"texts": ["a"]})
    assert int(answer.headers["Retry-After"]) > 0
    assert "try again in" in answer.json()["remedy"]
    assert client.get("/api/v1/session").status_code == 200
