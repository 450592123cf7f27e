"""The modules of alarms, contacts and costs against localcloud's endpoint; the instance they look at never starts."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest

if TYPE_CHECKING:
    from conftest import Endpoint


def task(module: str, **options: Any) -> dict[str, Any]:
    return {f"primetime.lightsail.{module}": options}


ALARM = {
    "name": "web-busy",
    "monitored_resource_name": "web",
    "metric_name": "CPUUtilization",
    "comparison_operator": "GreaterThanThreshold",
    "threshold": 80,
    "evaluation_periods": 3,
    "contact_protocols": ["Email"],
    "tags": {"environment": "staging"},
}
CONTACT = {"protocol": "Email", "contact_endpoint": "a@example.org"}
TASKS = [task("contact_method", **CONTACT), task("alarm", **ALARM)]


@pytest.fixture
def watched(lightsail: "Endpoint") -> "Endpoint":
    client = boto3.client(
        "lightsail",
        endpoint_url=lightsail.url,
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_key_pair(keyPairName="key")
    client.create_instances(
        instanceNames=["web"],
        availabilityZone="eu-central-1a",
        blueprintId="debian_12",
        bundleId="medium_3_0",
        keyPairName="key",
    )
    lightsail.front.changing()
    return lightsail


def test_check_mode_predicts_and_a_second_run_makes_no_call(watched: "Endpoint") -> None:
    predicted = watched.play(*TASKS, check=True)
    assert watched.front.changing() == []
    made = watched.play(*TASKS)
    assert watched.front.changing() == ["CreateContactMethod", "PutAlarm"]
    for expected, actual in zip(predicted, made, strict=True):
        assert (expected["actions"], expected["diff"]) == (actual["actions"], actual["diff"])
    assert made[1]["alarm"]["state"] == "INSUFFICIENT_DATA"
    assert made[0]["contact_method"]["status"] == "PendingVerification"
    assert [result["changed"] for result in watched.play(*TASKS)] == [False, False]
    assert watched.front.changing() == []


def test_a_change_is_one_call_and_shows_in_the_diff(watched: "Endpoint") -> None:
    watched.play(*TASKS)
    watched.front.changing()
    (result,) = watched.play(task("alarm", name="web-busy", threshold=90))
    assert watched.front.changing() == ["PutAlarm"]
    assert (result["diff"]["before"]["threshold"], result["diff"]["after"]["threshold"]) == (80, 90)
    assert result["alarm"]["tags"] == {"environment": "staging"}


def test_throttling_and_lost_replies_leave_one_of_each(watched: "Endpoint") -> None:
    watched.front.throttle = 4
    watched.front.lose = ["CreateContactMethod", "PutAlarm", "DeleteAlarm", "DeleteContactMethod"]
    assert [result["changed"] for result in watched.play(*TASKS)] == [True, True]
    contacts, alarms = watched.play(task("contact_method_info"), task("alarm_info", monitored_resource_name="web"))
    assert [found["contact_endpoint"] for found in contacts["contact_methods"]] == ["a@example.org"]
    assert [found["name"] for found in alarms["alarms"]] == ["web-busy"]
    gone = [task("alarm", name="web-busy", state="absent"), task("contact_method", protocol="Email", state="absent")]
    assert [result["changed"] for result in watched.play(*gone)] == [True, True]
    assert watched.front.lose == []
    assert [result["changed"] for result in watched.play(*gone)] == [False, False]


def test_drift_is_told_with_what_to_do(watched: "Endpoint") -> None:
    watched.play(*TASKS)
    watched.front.changing()
    (refused,) = watched.play(task("alarm", **ALARM | {"metric_name": "NetworkIn"}), check=True, fails=True)
    assert "metric_name is CPUUtilization, wanted NetworkIn" in refused["msg"]
    (refused,) = watched.play(task("contact_method", **CONTACT | {"contact_endpoint": "b@example.org"}), fails=True)
    assert "set replace: true" in refused["msg"]
    assert watched.front.changing() == []


def test_nothing_there_is_an_empty_list_and_a_resource_that_is_not_there_is_told(watched: "Endpoint") -> None:
    alarms, contacts = watched.play(task("alarm_info", name="no"), task("contact_method_info", protocol="SMS"))
    assert (alarms["alarms"], contacts["contact_methods"]) == ([], [])
    (refused,) = watched.play(task("alarm", **ALARM | {"monitored_resource_name": "lost"}), fails=True)
    assert "does not exist" in refused["msg"]


def test_what_the_account_is_charged_and_what_a_plan_would_cost(watched: "Endpoint") -> None:
    lines = [
        {"kind": "bucket", "name": "files", "bundle_id": "medium_1_0"},
        {"kind": "disk", "name": "data", "size_gb": 20},
        {"kind": "snapshot", "name": "weekly", "size_gb": 40, "quantity": 4},
        {"kind": "load_balancer", "name": "balancer"},
    ]
    charged, plan = watched.play(task("cost_estimate_info"), task("price", lines=lines))
    assert [found["name"] for found in charged["resources"]] == ["web"]
    assert charged["total_usd"] < 1
    assert plan["total_usd"] == 3 + 2 + 8 + 18
    (refused,) = watched.play(task("cost_estimate_info", resource_names=["lost"]), fails=True)
    assert "there is no resource lost" in refused["msg"]
    assert watched.front.changing() == []
