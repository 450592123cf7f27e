"""The plans of the modules alarm and contact_method."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.alarm import ARGUMENT_SPEC, plan

OPTIONS = {name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}
WANTED = OPTIONS | {
    "name": "busy",
    "monitored_resource_name": "web",
    "metric_name": "CPUUtilization",
    "comparison_operator": "GreaterThanThreshold",
    "threshold": 80.0,
    "evaluation_periods": 3,
}


def described(**changes: Any) -> dict[str, Any]:
    return {
        "name": "busy",
        "monitoredResourceInfo": {"name": "web", "resourceType": "Instance"},
        "metricName": "CPUUtilization",
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 80.0,
        "evaluationPeriods": 3,
        "datapointsToAlarm": 3,
        "treatMissingData": "missing",
        "contactProtocols": ["SMS", "Email"],
        "notificationTriggers": ["ALARM"],
        "notificationEnabled": True,
        "tags": [{"key": "kept", "value": "1"}],
        **changes,
    }


def operations(description: Any, **options: Any) -> list[str]:
    return [step.operation for step in plan(description, WANTED | options).steps]


def test_nothing_differs() -> None:
    assert operations(described()) == []
    assert operations(described(), contact_protocols=["Email", "SMS"]) == []


def test_a_change_gives_the_service_what_is_to_stay() -> None:
    (step,) = plan(described(), WANTED | {"threshold": 90.0}).steps
    assert step.arguments["threshold"] == 90.0
    assert step.arguments["contactProtocols"] == ["Email", "SMS"]
    assert "tags" not in step.arguments


def test_fewer_periods_mean_fewer_of_them() -> None:
    (step,) = plan(described(), WANTED | {"evaluation_periods": 2}).steps
    assert (step.arguments["evaluationPeriods"], step.arguments["datapointsToAlarm"]) == (2, 2)


def test_tags_are_tags_own_calls() -> None:
    assert operations(described(), tags={"new": "2"}, purge_tags=True) == ["untag_resource", "tag_resource"]


def test_what_it_watches_is_changed_only_when_that_is_said() -> None:
    with pytest.raises(RefusedError, match="metric_name is CPUUtilization, wanted NetworkIn"):
        operations(described(), metric_name="NetworkIn")
    steps = plan(described(), WANTED | {"metric_name": "NetworkIn", "replace": True}).steps
    assert [step.operation for step in steps] == ["delete_alarm", "put_alarm"]
    assert steps[1].arguments["tags"] == [{"key": "kept", "value": "1"}]


def test_what_is_missing_to_create_is_told() -> None:
    with pytest.raises(RefusedError, match="these are missing: threshold"):
        operations(None, threshold=None)
    assert operations(None) == ["put_alarm"]
    assert operations(None, state="absent") == []
