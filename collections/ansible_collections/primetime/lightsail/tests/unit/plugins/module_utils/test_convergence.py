"""describe → plan → apply, with a client that keeps a single thing in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils import convergence
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Patience, Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError, explain
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


def test_a_deletion_that_finds_itself_under_way_is_waited_for() -> None:
    """The reply to the first one was lost."""
    states = iter(["deleting", "deleting"])

    def deleting(begun: Any) -> Any:
        def delete_thing() -> None:
            things.thing = {"state": next(states)}
            raise client_error("OperationFailureException", "thing is being deleted already")

        def describe() -> Any:
            described = things.thing
            if described == {"state": "deleting"}:
                seen.append("deleting")
                things.thing = None if len(seen) > 1 else described
            return described

        things, seen = Things(), list[str]()
        things.thing, things.delete_thing = {"state": "ready"}, delete_thing  # type: ignore[assignment,method-assign]
        step = Step("delete_thing", {}, settled=lambda found: found is None, begun=begun)
        converge(module(), things, "thing", describe, lambda _found: Plan({}, {}, (step,)))
        return seen

    assert deleting(lambda found: found["state"] == "deleting") == ["deleting", "deleting"]
    with pytest.raises(ClientError, match="being deleted already"):
        deleting(None)


def test_what_has_no_word_for_being_deleted_was_at_rest_and_no_longer_is() -> None:
    def stable(description: Any) -> bool:
        return bool(description["state"] == "ready")

    ready, passing = {"state": "ready"}, {"state": "pending"}
    assert convergence.left_rest(ready, stable)(passing)
    assert not convergence.left_rest(ready, stable)(ready)
    assert not convergence.left_rest(passing, stable)(passing)


class Versioned:
    """A service whose one thing has a version, as CloudFront's have."""

    def __init__(self) -> None:
        self.thing: dict[str, Any] | None = {"version": 1, "size": 1, "colour": "red"}
        self.others: list[dict[str, Any]] = []  # what somebody else does before each call
        self.calls: list[int] = []
        self.lose_replies = False

    def describe(self) -> Any:
        return self.thing and dict(self.thing)

    def update_thing(self, if_match: int, **changes: Any) -> dict[str, Any]:
        if self.others:
            self._change(self.others.pop(0))
        self.calls.append(if_match)
        if self.thing is None or if_match != self.thing["version"]:
            raise client_error("PreconditionFailed")
        self._change(changes)
        return self.update_thing(if_match, **changes) if self.lose_replies else {}

    def _change(self, changes: dict[str, Any]) -> None:
        assert self.thing is not None
        self.thing = {**self.thing, **changes, "version": self.thing["version"] + 1}

    def grow(self, **options: Any) -> Any:
        step = Step(
            "update_thing",
            lambda found: {"if_match": found["version"], "colour": found["colour"], "size": 2},
            begun=lambda found: found["size"] == 2,
        )
        return converge(module(**options), self, "thing", self.describe, lambda _found: Plan({}, {}, (step,)))


def test_an_update_whose_reply_was_lost_finds_another_version_and_is_done() -> None:
    things = Versioned()
    things.lose_replies = True
    assert things.grow().description["size"] == 2
    assert things.calls == [1, 1]


def test_an_update_that_somebody_else_came_before_is_made_upon_theirs() -> None:
    things = Versioned()
    things.others = [{"colour": "blue"}]
    described = things.grow().description
    assert (described["size"], described["colour"], things.calls) == (2, "blue", [1, 2])


def test_others_who_never_rest_end_the_task_with_what_to_do() -> None:
    things = Versioned()
    things.others = [{"colour": "blue"}] * 9
    with pytest.raises(ClientError, match="PreconditionFailed") as caught:
        things.grow()
    assert len(things.calls) == convergence.VERSIONS_TRIED
    assert "somebody else changes the same thing" in explain(caught.value)


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


FAILURES = [
    {"state": "error"},
    {"state": {"name": "failed"}},
    {"status": "FAILED", "failureReason": "NO_AVAILABLE_CONTACTS"},
    {"status": "VALIDATION_TIMED_OUT"},
]


@pytest.mark.parametrize("failure", FAILURES)
def test_what_fails_while_it_is_waited_for_ends_the_task_at_once(
    failure: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: pytest.fail("there is nothing to wait for"))
    things = Things()

    def create_thing() -> None:
        things.thing = failure

    things.create_thing = create_thing  # type: ignore[assignment,method-assign]

    def wants_it_ready(_description: Any) -> Plan:
        return Plan({}, {}, (Step("create_thing", {}, settled=lambda found: found == {"state": "ready"}),))

    with pytest.raises(RefusedError, match=r"thing is in the state .*state: absent") as caught:
        converge(module(), things, "thing", things.describe, wants_it_ready)
    assert str(failure.get("failureReason", "")) in str(caught.value)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_has_failed_is_never_taken_for_what_is_wanted_but_may_be_deleted(
    failure: dict[str, Any], check_mode: bool
) -> None:
    things = Things()
    things.thing = failure

    def stable(description: Any) -> bool:
        return description in (None, {"state": "ready"})

    with pytest.raises(RefusedError, match="thing is in the state"):
        converge(module(check_mode=check_mode), things, "thing", things.describe, wants_it, stable=stable)
    gone = converge(module(check_mode=check_mode), things, "thing", things.describe, wants_it_gone, stable=stable)
    assert [step.operation for step in gone.plan.steps] == ["delete_thing"]
    assert (things.thing is None) is not check_mode


def test_what_has_failed_stays_so_for_a_while_after_its_deletion_began() -> None:
    states: Any = iter([{"state": "error"}, {"state": "error"}, None, None])
    things = SimpleNamespace(delete_thing=dict)
    assert converge(module(), things, "thing", lambda: next(states), wants_it_gone).description is None


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
