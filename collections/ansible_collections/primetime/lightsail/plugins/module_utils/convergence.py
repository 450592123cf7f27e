# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""describe → plan → apply: the one way in which every module of this collection changes anything.

A module's plan is a pure function of what was described and what is wanted. It holds the exact calls, so
check mode and a real run differ only in whether these are made.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .errors import THROTTLED, RefusedError, is_conflict, is_name_taken, is_not_found, is_outdated

try:
    from botocore.exceptions import ClientError
except ImportError:
    # AnsibleAWSModule has reported the missing library before anything here is reached.
    ClientError = Exception

# What a describe function returns: the service's own structure, or None when the thing isn't there.
Description = Any
Arguments = Mapping[str, Any]

POLL_FIRST_SECONDS = 0.5
POLL_LONGEST_SECONDS = 10.0
# How often a call is made that names a version (ETag), where others change the same thing.
VERSIONS_TRIED = 5
# States out of which nothing comes by itself, in Lightsail's words for all its kinds of resource.
FAILED = frozenset({"error", "failed", "restore-error", "validation_timed_out"})


@dataclass(frozen=True)
class Step:
    """One call that changes something.

    operation: the client's method, such as create_instances.
    arguments: its arguments, or a function from a fresh description to them where they can't be known before an
        earlier step is done, or where they name a version (an ETag), which may have moved on.
    settled: tells from a description whether the call has taken effect; without it nothing is waited for.
    receive: takes the reply, where something in it can be had only once (a private key).
    begun: for a call that the service refuses to one that has been given it already (attach, stop, delete): tells
        from a description that it has been.
    """

    operation: str
    arguments: Arguments | Callable[[Description], Arguments]
    settled: Callable[[Description], bool] | None = None
    receive: Callable[[Mapping[str, Any]], None] | None = None
    begun: Callable[[Description], bool] | None = None

    @property
    def creates(self) -> bool:
        return self.operation.startswith(("create_", "import_", "allocate_"))

    @property
    def deletes(self) -> bool:
        return self.operation.startswith(("delete_", "release_"))


@dataclass(frozen=True)
class Plan:
    """What differs, and the calls that end the difference. before and after hold no secret."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What was planned, and the last description: after the calls, or before them in check mode."""

    plan: Plan
    description: Description

    def fields(self) -> dict[str, Any]:
        """The return values that all modules share."""
        return {
            "changed": bool(self.plan.steps),
            "actions": [step.operation for step in self.plan.steps],
            "diff": {"before": dict(self.plan.before), "after": dict(self.plan.after)},
        }


@dataclass
class Patience:
    """How long to wait for the cloud, over all the waits of one task."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = self.clock() + self.seconds

    def pauses(self) -> Iterator[None]:
        """Yields once at once, then after ever longer pauses with jitter, until the time is used up."""
        pause = POLL_FIRST_SECONDS
        yield
        while (left := self.deadline - self.clock()) > 0:
            self.sleep(min(left, pause * random.uniform(0.75, 1.25)))  # noqa: S311 (jitter is no secret)
            yield
            pause = min(pause * 1.4, POLL_LONGEST_SECONDS)


def call(client: Any, operation: str, **arguments: Any) -> dict[str, Any]:
    """Calls one operation, and again with jittered pauses for as long as the service throttles it.

    Raises:
        botocore.exceptions.ClientError: what the service answered.
    """
    patient = AWSRetry.jittered_backoff(retries=8, delay=1, max_delay=20, catch_extra_error_codes=sorted(THROTTLED))
    reply: dict[str, Any] = patient(getattr(client, operation))(**arguments)
    return reply


def find(client: Any, operation: str, **arguments: Any) -> dict[str, Any] | None:
    """Calls a reading operation; None when the service says that the thing isn't there."""
    try:
        return call(client, operation, **arguments)
    except ClientError as error:
        if is_not_found(error):
            return None
        raise


def every(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    """All items of a Lightsail listing, over all its pages."""
    items: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = call(client, operation, **arguments, **token)
        items.extend(page.get(key) or [])
        if not page.get("nextPageToken"):
            return items
        token = {"pageToken": page["nextPageToken"]}


def await_settled(
    subject: str,
    describe: Callable[[], Description],
    settled: Callable[[Description], bool],
    patience: Patience,
    *,
    going: bool = False,
) -> Description:
    """Describes again and again until settled.

    Args:
        going: whether a deletion is waited for, which ends a failed state too.

    Raises:
        RefusedError: the time is used up, or what is waited for will never be.
    """
    description = None
    for _pause in patience.pauses():
        description = describe()
        if not going:
            require_working(subject, description)
        if settled(description):
            return description
    raise RefusedError(
        f"{subject} was not ready after {patience.seconds:g} s (last seen {seen_state(description)}): "
        "run the same task again to go on waiting, or raise wait_timeout"
    )


def seen_state(description: Description) -> str:
    """The state in a description, in words."""
    if description is None:
        return "absent"
    if not isinstance(description, Mapping):
        return "present"
    state = description.get("state") or description.get("status") or description.get("Status") or "present"
    return str(state["name"] if isinstance(state, Mapping) else state)


def has_failed(description: Description) -> bool:
    """Whether a description's state is one out of which nothing comes by itself."""
    return seen_state(description).lower() in FAILED


def require_working(subject: str, description: Description) -> None:
    """Raises a RefusedError for what has failed."""
    if has_failed(description):
        reason = description.get("failureReason")
        raise RefusedError(
            f"{subject} is in the state {seen_state(description)}{f' ({reason})' if reason else ''}, and nothing but "
            "its deletion ends that: see what 'aws lightsail get-operations-for-resource' tells of it, delete it "
            "(state: absent), and make it anew, from a snapshot if it held data"
        )


def left_rest(description: Description, stable: Callable[[Description], bool]) -> Callable[[Description], bool]:
    """A test of a fresh description, for what has no state of its own for being deleted.

    Args:
        description: what the deletion is planned for.
        stable: whether a description is no passing state.
    """
    return lambda found: stable(description) and not stable(found)


def may_have_landed(step: Step, error: Exception) -> bool:
    """Whether a call may have been refused because it has been carried out already."""
    if step.creates:
        return step.receive is None and (is_name_taken(error) or is_conflict(error))
    if step.deletes:
        return is_not_found(error) or is_conflict(error)
    return step.begun is not None and (is_conflict(error) or is_outdated(error))


def has_landed(step: Step, description: Description) -> bool:
    """Whether a fresh description tells that a call has been carried out."""
    if step.creates:
        return description is not None
    if description is None:
        return step.deletes
    return step.begun is not None and step.begun(description)


def take(client: Any, step: Step, describe: Callable[[], Description]) -> None:
    """Makes one call.

    A reply can get lost and botocore then asks again: a creation that finds its name taken or its source at work, a
    deletion that finds nothing or is going on, an update that finds another version, or another call that finds its
    work begun, has been done if a fresh description agrees. An update that finds another version for another reason
    is made anew upon that.
    """
    description = describe() if callable(step.arguments) else None
    for attempt in range(1, VERSIONS_TRIED + 1):
        if callable(step.arguments) and description is None:
            if step.deletes:
                return
            raise RefusedError(f"{step.operation} finds nothing to change any more: run the same task again")
        arguments = step.arguments(description) if callable(step.arguments) else step.arguments
        try:
            reply = call(client, step.operation, **arguments)
        except ClientError as error:
            outdated = is_outdated(error) and callable(step.arguments)
            if not (outdated or may_have_landed(step, error)):
                raise
            description = describe()
            if has_landed(step, description):
                return
            if not outdated or attempt == VERSIONS_TRIED:
                raise
        else:
            if step.receive is not None:
                step.receive(reply)
            return


def converge(
    module: Any,
    client: Any,
    subject: str,
    describe: Callable[[], Description],
    plan: Callable[[Description], Plan],
    *,
    stable: Callable[[Description], bool] | None = None,
) -> Outcome:
    """Makes what is there into what is wanted.

    Args:
        module: gives check_mode and the options wait and wait_timeout, where it has them.
        client: of boto3.
        subject: what is worked on, in words, for messages.
        describe: reads what is there.
        plan: pure; what differs and the calls that end it.
        stable: whether a description is no passing state, such as an instance that is stopping. A plan made from a
            passing state would be refused by the service, so this is waited for first.

    Raises:
        RefusedError: the plan can't or mustn't be carried out, the time is used up, or the thing has failed for good,
            which only a plan that begins with its deletion ends.
        botocore.exceptions.ClientError: what the service answered.
    """
    waiting = bool(module.params.get("wait", True))
    patience = Patience(float(module.params.get("wait_timeout") or 120))
    description = describe()
    if stable and waiting and not module.check_mode and not stable(description):
        at_rest = stable
        description = await_settled(
            subject, describe, lambda found: at_rest(found) or has_failed(found), patience, going=True
        )
    planned = plan(description)
    if not (planned.steps and planned.steps[0].deletes):
        require_working(subject, description)
    if module.check_mode or not planned.steps:
        return Outcome(planned, description)
    for position, step in enumerate(planned.steps, start=1):
        take(client, step, describe)
        last = position == len(planned.steps)
        if step.settled is not None and (waiting or not last):
            await_settled(subject, describe, step.settled, patience, going=step.deletes)
    return Outcome(planned, describe())
