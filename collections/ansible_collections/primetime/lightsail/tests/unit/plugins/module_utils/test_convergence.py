"""describe → plan → apply, with a client that keeps a single thing in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils import convergence
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Patience, Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from botocore.exceptions import ClientError


def client_error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreateThing")


class Things:
    """A service with one thing. Replies can be lost: the call is done, and its repetition answered."""

    def __init__(self, *, lose_replies: bool = False, throttle: int = 0) -> None:
        self.thing: dict[str, Any] | None = None
        self.calls: list[str] = []
        self.lose_replies = lose_replies
        self.throttle = throttle

    def describe(self) -> dict[str, Any] | None:
        return self.thing

    def create_thing(self) -> dict[str, Any]:
        self.calls.append("create_thing")
        if self.throttle:
            self.throttle -= 1
            raise client_error("ThrottlingException")
        if self.thing is not None:
            raise client_error("InvalidInputException", "Some names are already in use: thing")
        self.thing = {"state": {"name": "ready"}}
        return self.create_thing() if self.lose_replies else {"secret": "once"}

    def delete_thing(self) -> dict[str, Any]:
        self.calls.append("delete_thing")
        if self.thing is None:
            raise client_error("NotFoundException")
        self.thing = None
        return self.delete_thing() if self.lose_replies else {}

    def break_thing(self) -> dict[str, Any]:
        raise client_error("OperationFailureException")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    monkeypatch.setattr(convergence, "POLL_FIRST_SECONDS", 0.0)


def module(*, check_mode: bool = False, **params: Any) -> Any:
    return SimpleNamespace(check_mode=check_mode, params={"wait": True, "wait_timeout": 5, **params})


def is_there(description: Any) -> bool:
    return description is not None


def wants_it(description: Any) -> Plan:
    steps = () if description else (Step("create_thing", {}, settled=is_there),)
    return Plan({}, {"thing": True}, steps)


def wants_it_gone(description: Any) -> Plan:
    steps = (Step("delete_thing", {}, settled=lambda found: found is None),) if description else ()
    return Plan({"thing": True}, {}, steps)


def test_check_mode_predicts_the_calls_and_makes_none() -> None:
    things = Things()
    predicted = converge(module(check_mode=True), things, "thing", things.describe, wants_it).fields()
    assert things.calls == []
    made = converge(module(), things, "thing", things.describe, wants_it).fields()
    assert predicted == made
    assert things.calls == ["create_thing"]


def test_nothing_to_do_makes_no_call() -> None:
    things = Things()
    things.thing = {}
    things.thing["state"] = "ready"
    outcome = converge(module(), things, "thing", things.describe, wants_it)
    assert outcome.fields()["changed"] is False
    assert things.calls == []


def test_a_lost_reply_is_recognised_in_creation_and_deletion() -> None:
    things = Things(lose_replies=True)
    assert converge(module(), things, "thing", things.describe, wants_it).description is not None
    assert converge(module(), things, "thing", things.describe, wants_it_gone).description is None


def test_a_creation_that_is_refused_as_its_source_is_at_work_on_it_is_a_lost_reply() -> None:
    things = Things()

    def create_thing() -> None:
        things.thing = {"state": "pending"}
        raise client_error("OperationFailureException", "db cannot be snapshotted: it is backing-up")

    things.create_thing = create_thing  # type: ignore[assignment,method-assign]
    assert converge(module(), things, "thing", things.describe, wants_it).description == {"state": "pending"}

    def busy_with_another() -> None:
        raise client_error("OperationFailureException", "db cannot be snapshotted: it is backing-up")

    things.thing, things.create_thing = None, busy_with_another  # type: ignore[assignment,method-assign]
    with pytest.raises(ClientError, match="backing-up"):
        converge(module(), things, "thing", things.describe, wants_it)


def test_a_refusal_of_what_has_begun_is_a_lost_reply_and_of_anything_else_an_error() -> None:
    things = Things()
    things.thing = {"state": "stopping"}

    def stopping(code: str, begun: bool) -> Any:
        def stop_thing() -> None:
            raise client_error(code)

        things.stop_thing = stop_thing  # type: ignore[attr-defined]
        step = Step("stop_thing", {}, begun=lambda found: found["state"] == ("stopping" if begun else "stopped"))
        return converge(module(), things, "thing", things.describe, lambda _found: Plan({}, {}, (step,)))

    assert stopping("OperationFailureException", begun=True).description == {"state": "stopping"}
    for code, begun in (("OperationFailureException", False), ("AccessDeniedException", True)):
        with pytest.raises(ClientError, match=code):
            stopping(code, begun=begun)


def test_a_name_that_something_else_has_is_an_error() -> None:
    things = Things()
    things.thing = {"other": True}
    with pytest.raises(ClientError, match="already in use"):
        converge(module(), things, "thing", lambda: None, wants_it)


def test_a_lost_reply_with_a_secret_in_it_is_an_error() -> None:
    things = Things(lose_replies=True)
    step = Step("create_thing", {}, settled=is_there, receive=lambda _reply: None)
    with pytest.raises(ClientError):
        converge(module(), things, "thing", things.describe, lambda _found: Plan({}, {}, (step,)))


def test_throttling_is_waited_out() -> None:
    things = Things(throttle=5)
    converge(module(), things, "thing", things.describe, wants_it)
    assert things.calls == ["create_thing"] * 6


def test_other_errors_are_not_swallowed() -> None:
    things = Things()
    with pytest.raises(ClientError, match="OperationFailure"):
        converge(module(), things, "thing", things.describe, lambda _found: Plan({}, {}, (Step("break_thing", {}),)))


def test_waiting_has_a_limit_and_says_what_was_seen() -> None:
    things = Things()
    things.thing = {"state": {"name": "pending"}}
    with pytest.raises(RefusedError, match=r"not ready after 0 s .last seen pending.*wait_timeout"):
        convergence.await_settled("thing", things.describe, lambda _found: False, Patience(0))


def test_a_passing_state_is_waited_for_before_planning_but_not_in_check_mode() -> None:
    states = iter(["stopping", "stopping", "stopped", "stopped", "stopped"])
    planned: list[str] = []

    def note(description: Any) -> Plan:
        planned.append(description["state"])
        return Plan({}, {})

    def describe() -> dict[str, str]:
        return {"state": next(states)}

    stable = {"stopped"}
    converge(module(check_mode=True), None, "thing", describe, note, stable=lambda found: found["state"] in stable)
    converge(module(), None, "thing", describe, note, stable=lambda found: found["state"] in stable)
    assert planned == ["stopping", "stopped"]


def test_all_pages_are_read() -> None:
    pages = {None: {"things": [1, 2], "nextPageToken": "a"}, "a": {"things": [3]}}
    client = SimpleNamespace(get_things=lambda pageToken=None: pages[pageToken])  # noqa: N803 (the service's name)
    assert convergence.every(client, "get_things", "things") == [1, 2, 3]
