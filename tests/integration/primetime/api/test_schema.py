"""Requests of every kind that the interface's description allows, and of every kind that it forbids, at a real server.

No answer may be a failure of the server's, have a status that the description lacks, or a body of another shape; and
what is forbidden is refused with a problem.
"""

import asyncio
import copy
import re
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
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from primetime.accounts.people import Role
from primetime.api import search_events
from primetime.api.application import create_app
from primetime.api.description import describe
from primetime.encoder.serving import Encoder
from primetime.settings import Settings
from tests.integration.primetime.api.seeding import seed

PASSWORD = "correct horse battery"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ASKS_PUBMED = {"/api/v1/queries", "/api/v1/queries/text", "/api/search/pubmed"}
JSON = "application/json"
UNREADABLE = [
    *((JSON, body) for body in (b"", b"{", b"\xff\xfe\x00", b"null", b"[]", b'"text"', b"NaN", b"[" * 50_000)),
    (JSON, b'{"a": ' + b"9" * 5_000 + b"}"),
    *((kind, b'{"name": "x"}') for kind in ("", "text/plain", "multipart/form-data")),
]
_TURNS = ["get", "put", "patch", "post", "delete"]
# What made-up values do not come upon.
GOOD: dict[str, dict[str, Any]] = {
    "POST /api/v1/session": {"body": {"email": f"{Role.READER}@example.org", "password": PASSWORD}},
    "PUT /api/v1/account/password": {"body": {"current": PASSWORD, "wanted": "another horse battery"}},
    "POST /api/v1/invitations": {"body": {"email": "ben@example.org", "role": "reader"}},
    "DELETE /api/v1/invitations/{email}": {"path_parameters": {"email": "ann@example.org"}},
    "POST /api/v1/imports": {"body": {"file": b"PMID- 7\nTI  - A title\n"}, "media_type": "multipart/form-data"},
    "POST /api/v1/searches/{search_id}/cancel": {"path_parameters": {"search_id": 3}},
    "POST /api/v1/saved-searches": {"body": {"search_id": 3, "name": "Zinc"}},
}
# What cannot succeed here, and why.
NEVER = {
    "POST /api/v1/invitations/shown": "an invitation's token is nowhere but in its link",
    "POST /api/v1/invitations/accepted": "likewise",
    "DELETE /api/v1/searches/{search_id}/analysis": "the one that was asked for before waits, as no worker runs",
    "GET /api/v1/backtest": "so small a corpus allows none",
}
EXAMPLES = 8  # of each operation: the whole stays below a minute on a quiet machine


@pytest.fixture
def app(
    literature_settings: Settings,
    exports_settings: Settings,
    connection: psycopg.Connection,
    people: None,
    model_directory: Path,
    encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    # No worker runs here, so the events of a search that was planned would not end by themselves.
    monkeypatch.setattr(search_events, "LONGEST", 0.1)
    seed(connection, literature_settings, encoder)
    unlimited = dict.fromkeys(
        ("limit_general", "limit_model", "limit_search", "limit_export", "limit_sign_in"), 1_000_000
    )
    bucket = exports_settings.model_dump(
        include={name for name in Settings.model_fields if name.startswith("exports_")}
    )
    return create_app(
        literature_settings.model_copy(
            update={
                **unlimited,
                **bucket,
                "model_dir": model_directory,
                "keep_answers": True,
                "smtp_host": "mail.example.org",
            }
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


@pytest.fixture
def cookie(address: str) -> str:
    credentials = {"email": f"{Role.ADMINISTRATOR}@example.org", "password": PASSWORD}
    return httpx.post(f"{address}/api/v1/session", json=credentials).headers["set-cookie"].partition(";")[0]


def test_no_request_breaks_the_interface_or_surprises_its_description(app: Any, address: str, cookie: str) -> None:
    statuses: dict[str, set[int]] = {}
    failures: list[str] = []
    for operation in sorted(_operations(_with_small_ids(describe(app))), key=_turn):
        # Signing out would leave all that follows signed out.
        signed_in = (operation.method, operation.path) != ("delete", "/api/v1/session")
        try:
            statuses[operation.label] = _try(operation, address, {"Cookie": cookie} if signed_in else {})
        except FailureGroup as group:
            failures += _told(operation, group)
    assert not failures, "\n".join(failures)
    assert len(statuses) == sum(map(len, describe(app)["paths"].values()))
    failed = {label for label, found in statuses.items() if not any(200 <= status < 300 for status in found)}
    assert failed == set(NEVER), {label: statuses[label] for label in failed ^ set(NEVER)}


def test_what_the_description_forbids_is_refused_with_a_problem(app: Any, address: str, cookie: str) -> None:
    description = copy.deepcopy(describe(app))
    for operations in description["paths"].values():
        for one in operations.values():
            # To leave the credentials out is no wrong datum here: that is refused in a test of its own.
            one.pop("security", None)
    statuses: dict[str, set[int]] = {}
    failures: list[str] = []
    for operation in _operations(description):
        if not operation.body and not any(operation.iter_parameters()):
            continue  # nothing of it can be wrong
        try:
            statuses[operation.label] = _try(operation, address, {"Cookie": cookie}, GenerationMode.NEGATIVE)
        except FailureGroup as group:
            failures += _told(operation, group)
    assert not failures, "\n".join(failures)
    assert len(statuses) >= 75
    assert all(any(400 <= status < 500 for status in found) for found in statuses.values()), statuses


def test_a_body_that_cannot_be_read_is_refused_with_a_problem(app: Any, address: str, cookie: str) -> None:
    tried = 0
    with httpx.Client(base_url=address, headers={"Cookie": cookie}) as client:
        for path, operations in describe(app)["paths"].items():
            for method, operation in operations.items():
                if not operation.get("requestBody", {}).get("required"):
                    continue
                for kind, body in UNREADABLE:
                    headers = {"Content-Type": kind} if kind else {}
                    answer = client.request(method, re.sub(r"\{\w+\}", "1", path), content=body, headers=headers)
                    case = (method, path, kind, body[:20], answer.status_code, answer.text[:200])
                    assert answer.status_code in (400, 422), case
                    assert str(answer.status_code) in operation["responses"], case
                    assert answer.headers["content-type"] == "application/problem+json", case
                    tried += 1
    assert tried >= 25 * len(UNREADABLE)


def _is_excused(check: Any, path: str, status: int) -> bool:
    """A source that has no answer to a made-up query is no failure of ours; OpenAPI cannot tell the shape of events."""
    if path.endswith("/events"):
        return check is response_schema_conformance
    return check is not_a_server_error and status == 503 and path in ASKS_PUBMED


def _turn(operation: Any) -> tuple[int, int]:
    """What is deleted can be looked at no more, and nor can what stood in it."""
    return _TURNS.index(operation.method), -operation.path.count("/")


def _with_small_ids(value: Any) -> Any:
    """The description with every id at most 2, so that made-up requests are of what is stored."""
    if isinstance(value, list):
        return [_with_small_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    small = {"maximum": 2} if value.get("maximum") in (2**63 - 1, 2**31 - 1) else {}
    return {name: _with_small_ids(one) for name, one in value.items()} | small


def _operations(description: dict[str, Any]) -> list[Any]:
    return [result.ok() for result in schemathesis.openapi.from_dict(description).get_all_operations()]


def _told(operation: Any, group: FailureGroup) -> list[str]:
    return [f"{operation.label}: {failure.title}: {failure.message}" for failure in group.exceptions]


def _try(
    operation: Any, address: str, headers: dict[str, str], mode: GenerationMode = GenerationMode.POSITIVE
) -> set[int]:
    statuses: set[int] = set()
    wanted = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        response = case.call(base_url=address, headers=headers)
        statuses.add(response.status_code)
        checks = [check for check in wanted if not _is_excused(check, operation.path, response.status_code)]
        case.validate_response(response, checks=checks)

    tried()
    if mode is GenerationMode.POSITIVE and operation.label in GOOD:
        case = operation.Case(**GOOD[operation.label])
        response = case.call(base_url=address, headers=headers)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)
    return statuses
