"""The plans of the module snapshot, for all three kinds, checked against botocore's model of the service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.snapshots import KINDS
from ansible_collections.primetime.lightsail.plugins.modules.snapshot import (
    check_keep,
    is_ready,
    is_stable,
    plan,
    superfluous,
)
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

SERVICE = ServiceModel(Loader().load_service_model("lightsail", "service-2"), "lightsail")
OPERATIONS = {xform_name(name): name for name in SERVICE.operation_names}
NOW = datetime(2026, 11, 24, tzinfo=UTC)
ALL_KINDS = pytest.mark.parametrize("kind", ["instance", "disk", "database"])


def wanted(kind: str = "disk", **options: Any) -> dict[str, Any]:
    return {"kind": kind, "name": "copy", "state": "present", "source_name": "data", "tags": None, **options}


def described(kind: str = "disk", name: str = "copy", age_days: float = 0, **changes: Any) -> dict[str, Any]:
    state = "completed" if kind == "disk" else "available"
    created = NOW - timedelta(days=age_days)
    return {"name": name, "state": state, KINDS[kind].from_member: "data", "createdAt": created, **changes}


@ALL_KINDS
def test_every_call_fits_the_services_model(kind: str) -> None:
    created = plan(None, wanted(kind, tags={"why": 1})).steps
    tagged = plan(described(kind), wanted(kind, tags={"why": 1})).steps
    deleted = plan(described(kind), wanted(kind, state="absent")).steps
    for step in (*created, *tagged, *deleted):
        shape = SERVICE.operation_model(OPERATIONS[step.operation]).input_shape
        report = ParamValidator().validate(step.arguments, shape)
        assert not report.has_errors(), report.generate_report()
    words = KINDS[kind]
    for operation in (f"get_{words.noun}", f"get_{words.noun}s"):
        output = SERVICE.operation_model(OPERATIONS[operation]).output_shape
        assert {words.reply, f"{words.reply}s"} & set(output.members)
    structure = SERVICE.operation_model(OPERATIONS[f"get_{words.noun}"]).output_shape.members[words.reply]
    assert {words.from_member, "createdAt", "state", "tags"} <= set(structure.members)


@ALL_KINDS
def test_one_that_is_there_stays(kind: str) -> None:
    assert plan(described(kind), wanted(kind)).steps == ()
    assert plan(None, wanted(kind, state="absent")).steps == ()


def test_one_of_another_source_is_refused() -> None:
    with pytest.raises(RefusedError, match="was taken of else, not of data"):
        plan(described(fromDiskName="else"), wanted())


@ALL_KINDS
def test_one_that_failed_is_at_rest_and_of_no_use(kind: str) -> None:
    failed = described(kind, state="failed" if kind == "database" else "error")
    assert is_stable(failed)
    assert not is_ready(failed)
    (step,) = plan(failed, wanted(kind, state="absent")).steps
    assert step.deletes


@pytest.mark.parametrize("option", ["keep", "keep_days"])
def test_something_is_always_kept(option: str) -> None:
    with pytest.raises(RefusedError, match=f"{option} is 0"):
        check_keep({option: 0})


def test_others_are_never_touched() -> None:
    listed = [
        described(name="nightly-1", age_days=3),
        described(name="by-hand", age_days=9),
        described(name="nightly-else", age_days=9, fromDiskName="else"),
        described(name="nightly-begun", age_days=9, state="pending"),
        described(age_days=30),
    ]
    options = wanted(keep_prefix="nightly-")
    assert superfluous(listed, {**options, "keep": 1}, NOW) == ["nightly-1"]
    assert superfluous(listed, {**options, "keep": 2}, NOW) == []
    assert superfluous(listed, {**options, "keep_days": 2}, NOW) == ["nightly-1"]
    assert superfluous(listed, {**options, "keep_days": 3}, NOW) == []
    assert superfluous(listed, options, NOW) == []


def test_failed_ones_are_not_counted_as_kept() -> None:
    listed = [
        described(name="nightly-1", age_days=4),
        described(name="nightly-2", age_days=3),
        described(name="nightly-3", age_days=2, state="error"),
        described(name="nightly-4", age_days=1, state="error"),
        described(name="by-hand", age_days=1, state="error"),
    ]
    options = wanted(keep_prefix="nightly-")
    failed = ["nightly-3", "nightly-4"]
    assert superfluous(listed, {**options, "keep": 3}, NOW) == failed
    assert superfluous(listed, {**options, "keep": 2}, NOW) == ["nightly-1", *failed]
    assert superfluous(listed, {**options, "keep": 1}, NOW) == ["nightly-1", "nightly-2", *failed]
    assert superfluous(listed, {**options, "keep_days": 3}, NOW) == ["nightly-1", *failed]


@given(st.lists(st.floats(0, 400), max_size=12), st.integers(1, 12), st.randoms())
def test_exactly_the_newest_are_kept(ages: list[float], keep: int, random: Any) -> None:
    listed = [described(name=f"nightly-{number}", age_days=age) for number, age in enumerate(ages)]
    random.shuffle(listed)
    gone = superfluous(listed, wanted(keep_prefix="nightly-", keep=keep), NOW)
    assert len(listed) - len(gone) == min(len(listed), keep - 1)
    kept_ages = [NOW - one["createdAt"] for one in listed if one["name"] not in gone]
    gone_ages = [NOW - one["createdAt"] for one in listed if one["name"] in gone]
    assert not kept_ages or not gone_ages or max(kept_ages) <= min(gone_ages)
