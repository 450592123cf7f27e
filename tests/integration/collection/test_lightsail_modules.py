"""The modules of Lightsail against localcloud's endpoint, as far as no machine is needed."""

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from conftest import Endpoint


def task(module: str, **options: Any) -> dict[str, Any]:
    return {f"primetime.lightsail.{module}": options}


@pytest.fixture(scope="session")
def public_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    return key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode() + " me@here"


INSTANCE = task(
    "instance",
    name="web",
    state="running",
    blueprint_id="debian_12",
    bundle_id="medium_3_0",
    availability_zone="eu-central-1a",
)


def test_check_mode_predicts_and_a_second_run_makes_no_call(lightsail: "Endpoint", public_key: str) -> None:
    tasks = [task("key_pair", name="key", public_key=public_key), task("static_ip", name="address")]
    predicted = lightsail.play(*tasks, check=True)
    assert lightsail.front.changing() == []
    made = lightsail.play(*tasks)
    assert lightsail.front.changing() == ["ImportKeyPair", "TagResource", "AllocateStaticIp"]
    for expected, actual in zip(predicted, made, strict=True):
        assert expected["changed"] is True
        assert (expected["actions"], expected["diff"]) == (actual["actions"], actual["diff"])
    again = lightsail.play(*tasks)
    assert lightsail.front.changing() == []
    assert [result["changed"] for result in again] == [False, False]
    assert again[1]["ip_address"] == made[1]["static_ip"]["ip_address"] != ""


def test_absent_undoes_and_then_makes_no_call(lightsail: "Endpoint", public_key: str) -> None:
    lightsail.play(task("key_pair", name="key", public_key=public_key), task("static_ip", name="address"))
    lightsail.front.changing()
    gone = [task("key_pair", name="key", state="absent"), task("static_ip", name="address", state="absent")]
    lightsail.play(*gone)
    assert lightsail.front.changing() == ["DeleteKeyPair", "ReleaseStaticIp"]
    assert [result["changed"] for result in lightsail.play(*gone)] == [False, False]
    assert lightsail.front.changing() == []


def test_a_made_key_is_written_once_and_never_shown(lightsail: "Endpoint", tmp_path: Path) -> None:
    file = tmp_path / "keys" / "made"
    (result,) = lightsail.play(task("key_pair", name="made", private_key_file=str(file)))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    serialization.load_pem_private_key(file.read_bytes(), password=None)
    assert "PRIVATE" not in str(result)
    (again,) = lightsail.play(task("key_pair", name="made", private_key_file=str(file)))
    assert again["changed"] is False


def test_a_plan_is_priced_by_the_service(lightsail: "Endpoint") -> None:
    lines = [
        {"kind": "instance", "name": "server", "bundle_id": "medium_3_0"},
        {"kind": "database", "name": "database", "bundle_id": "micro_2_0"},
        {"kind": "static_ip", "name": "address"},
        {"kind": "other", "name": "zone", "monthly_usd": 0.5, "note": "list price"},
    ]
    (result,) = lightsail.play(task("price", lines=lines, cost_cap_usd=46))
    assert result["total_usd"] == 39.5
    assert result["table"][-1].split() == ["total", "39.50"]
    (refused,) = lightsail.play(task("price", lines=lines, cost_cap_usd=39.49), fails=True)
    assert "above the cap of $39.49" in refused["msg"]
    assert "medium_3_0" in refused["msg"]
    assert lightsail.front.changing() == []


def test_a_plan_on_an_empty_account_can_be_predicted_whole(lightsail: "Endpoint", public_key: str) -> None:
    results = lightsail.play(
        task("key_pair", name="web", public_key=public_key),
        INSTANCE,
        task("static_ip", name="web", state="attached", instance_name="web"),
        task("public_ports", instance_name="web", ports=[{"from_port": 80}]),
        check=True,
    )
    assert [result["actions"] for result in results] == [
        ["import_key_pair", "tag_resource"],
        ["create_instances"],
        ["allocate_static_ip", "attach_static_ip"],
        ["put_instance_public_ports"],
    ]
    assert lightsail.front.changing() == []


def test_throttling_and_lost_replies_leave_one_of_each(lightsail: "Endpoint", public_key: str) -> None:
    lightsail.front.throttle = 8
    lightsail.front.lose = ["ImportKeyPair", "AllocateStaticIp", "ReleaseStaticIp"]
    tasks = [task("key_pair", name="key", public_key=public_key), task("static_ip", name="address")]
    assert [result["changed"] for result in lightsail.play(*tasks)] == [True, True]
    assert lightsail.front.changing().count("AllocateStaticIp") >= 2
    assert [result["changed"] for result in lightsail.play(*tasks)] == [False, False]
    lightsail.play(task("static_ip", name="address", state="absent"))
    assert lightsail.front.lose == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"bundle_id": "medum_3_0"}, "bundle_id 'medum_3_0' isn't offered in this region; the nearest are: medium_"),
        ({"blueprint_id": "debian_99"}, "debian_12"),
        ({"bundle_id": None}, "to create it these are missing: bundle_id"),
    ],
)
def test_what_cannot_be_bought_is_refused_before_any_call(
    lightsail: "Endpoint", options: dict[str, Any], told: str
) -> None:
    wanted = task("instance", **(INSTANCE["primetime.lightsail.instance"] | options))
    (result,) = lightsail.play(wanted, check=True, fails=True)
    assert told in result["msg"]
    assert "\n" not in result["msg"]
    assert lightsail.front.changing() == []


def test_a_first_boots_script_may_hold_a_secret_and_is_never_shown(lightsail: "Endpoint") -> None:
    script = "#!/bin/sh\necho token-nobody-may-see > /etc/token"
    options = {**INSTANCE["primetime.lightsail.instance"], "user_data": script}
    (planned,) = lightsail.play(task("instance", **options), check=True)
    assert planned["actions"] == ["create_instances"]
    # Without a key pair localcloud refuses it, which is the other way to end.
    (refused,) = lightsail.play(task("instance", **options), fails=True)
    assert "keyPairName" in refused["msg"]
    assert "token-nobody-may-see" not in str([planned, refused])


def test_a_name_that_something_else_has_is_told(lightsail: "Endpoint", public_key: str) -> None:
    lightsail.play(task("static_ip", name="taken"))
    (result,) = lightsail.play(task("key_pair", name="taken", public_key=public_key), fails=True)
    assert "choose another name" in result["msg"]


def test_nobody_answers(lightsail: "Endpoint") -> None:
    (result,) = lightsail.play(task("instance_info"), fails=True, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert "http://127.0.0.1:9" in result["msg"]
    assert "can't be reached" in result["msg"]


def test_no_credentials(lightsail: "Endpoint") -> None:
    (result,) = lightsail.play(task("instance_info"), fails=True, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert "No AWS credentials were found" in result["msg"]


def test_no_region_and_one_that_there_is_not(lightsail: "Endpoint") -> None:
    (result,) = lightsail.play(task("instance_info"), fails=True, AWS_REGION="")
    assert "region" in result["msg"]
    (result,) = lightsail.play(task("instance_info"), fails=True, AWS_REGION="eu-cental-1")
    assert "to a valid region, not 'eu-cental-1': check the option region" in result["msg"]


def test_a_region_without_the_bundle(lightsail: "Endpoint") -> None:
    there = {"region": "ap-south-1", "availability_zone": "ap-south-1a"}
    options = INSTANCE["primetime.lightsail.instance"] | there
    (refused,) = lightsail.play(task("instance", **options), check=True, fails=True)
    assert "bundle_id 'medium_3_0' isn't offered in this region; the nearest are: medium_3_1 ($24.00" in refused["msg"]
    (planned,) = lightsail.play(task("instance", **options | {"bundle_id": "medium_3_1"}), check=True)
    assert planned["actions"] == ["create_instances"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("UnrecognizedClientException", "AWS refused the credentials (UnrecognizedClientException"),
        ("ExpiredTokenException", "renew them, and check the clock here"),
        ("AccessDeniedException", "These credentials may not call GetInstances"),
    ],
)
def test_credentials_that_are_refused(lightsail: "Endpoint", code: str, told: str) -> None:
    lightsail.front.refuse = code
    (result,) = lightsail.play(task("instance_info"), fails=True)
    assert told in result["msg"]
    assert "\n" not in result["msg"]


def test_a_quota_that_is_used_up(lightsail: "Endpoint") -> None:
    results = lightsail.play(*[task("static_ip", name=f"ip-{number}") for number in range(6)], fails=True)
    assert [result.get("changed") for result in results[:5]] == [True] * 5
    assert results[5]["msg"].startswith(
        "AllocateStaticIp was refused since a quota is used up (Sorry, you've reached your maximum limit of Lightsail "
        "Static IPs : 5): delete what isn't needed"
    )


def test_nothing_there_is_an_empty_list(lightsail: "Endpoint") -> None:
    instances, databases = lightsail.play(task("instance_info", name="no"), task("database_info"))
    assert (instances["instances"], databases["databases"]) == ([], [])
