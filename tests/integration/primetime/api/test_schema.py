"""Requests of every kind that the interface's description allows, and of many that it does not, at a real server.

No answer may be a failure of the server's, have a status that the description lacks, or a body of another shape.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from primetime.accounts.people import Role
from primetime.api import search_events
from primetime.api.application import create_app
from primetime.api.description import describe
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.settings import Settings

PASSWORD = "correct horse battery"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ASKS_PUBMED = {"/api/v1/queries", "/api/v1/queries/text", "/api/search/pubmed"}
EXAMPLES = 8  # of each operation: the whole stays below a minute on a quiet machine


@pytest.fixture
def app(
    literature_settings: Settings,
    exports_settings: Settings,
    connection: psycopg.Connection,
    people: None,
    model_directory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    # No worker runs here, so the events of a search that was planned would not end by themselves.
    monkeypatch.setattr(search_events, "LONGEST", 0.1)
    store_articles(connection, [Article(pmid=pmid, title=f"Article {pmid} about asthma") for pmid in range(1, 31)])
    connection.commit()
    unlimited = dict.fromkeys(
        ("limit_general", "limit_model", "limit_search", "limit_export", "limit_sign_in"), 1_000_000
    )
    bucket = exports_settings.model_dump(
        include={name for name in Settings.model_fields if name.startswith("exports_")}
    )
    return create_app(
        literature_settings.model_copy(
            update={**unlimited, **bucket, "model_dir": model_directory, "keep_answers": True}
        )
    )


@pytest.fixture
def address(app: Any) -> Iterator[str]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    while not server.started:
        time.sleep(0.05)
        assert thread.is_alive(), "the server did not start"
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_no_request_breaks_the_interface_or_surprises_its_description(app: Any, address: str) -> None:
    credentials = {"email": f"{Role.ADMINISTRATOR}@example.org", "password": PASSWORD}
    cookie = httpx.post(f"{address}/api/v1/session", json=credentials).headers["set-cookie"].partition(";")[0]
    schema = schemathesis.openapi.from_dict(describe(app))
    statuses: dict[str, set[int]] = {}
    failures: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        # Signing out would leave all that follows signed out.
        signed_in = (operation.method, operation.path) != ("delete", "/api/v1/session")
        headers = {"Cookie": cookie} if signed_in else {}
        try:
            statuses[operation.label] = _try(operation, address, headers)
        except FailureGroup as group:
            failures += [f"{operation.label}: {failure.title}: {failure.message}" for failure in group.exceptions]
    assert not failures, "\n".join(failures)
    assert len(statuses) >= 30
    # Made-up credentials sign nobody in; nothing else was only ever refused for want of an account.
    assert {label for label, found in statuses.items() if found == {401}} <= {"POST /api/v1/session"}
    succeeded = [label for label, found in statuses.items() if any(status < 400 for status in found)]
    assert len(succeeded) >= len(statuses) / 2, statuses


def _is_excused(check: Any, path: str, status: int) -> bool:
    """A source that has no answer to a made-up query is no failure of ours; OpenAPI cannot tell the shape of events."""
    if path.endswith("/events"):
        return check is response_schema_conformance
    return check is not_a_server_error and status == 503 and path in ASKS_PUBMED


def _try(operation: Any, address: str, headers: dict[str, str]) -> set[int]:
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy())
    def tried(case: Any) -> None:
        response = case.call(base_url=address, headers=headers)
        statuses.add(response.status_code)
        checks = [check for check in CHECKS if not _is_excused(check, operation.path, response.status_code)]
        case.validate_response(response, checks=checks)

    tried()
    return statuses
