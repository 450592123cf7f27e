from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from localcloud.lightsail import watch


class EndOfTestError(Exception):
    """Ends what otherwise goes on for ever."""


def state(lightsail, name="web"):
    return lightsail.get_instance_state(instanceName=name)["state"]


def error(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]


def test_an_instance_is_pending_until_its_machine_runs(endpoint, lightsail):
    endpoint.machines.go_on.clear()
    [operation] = lightsail.create_instances(
        instanceNames=["web"],
        availabilityZone="eu-central-1a",
        blueprintId="debian_12",
        bundleId="nano_3_0",
        keyPairName="key",
    )["operations"]
    assert (operation["operationType"], operation["status"]) == ("CreateInstance", "Started")
    assert state(lightsail) == {"code": 0, "name": "pending"}
    endpoint.machines.go_on.set()
    endpoint.settle()
    assert state(lightsail) == {"code": 16, "name": "running"}
    assert lightsail.get_operation(operationId=operation["id"])["operation"]["status"] == "Succeeded"


def test_an_instance_shows_what_it_was_created_with(create, lightsail):
    create(tags=[{"key": "project", "value": "prime-time"}, {"key": "flag"}])
    instance = lightsail.get_instance(instanceName="web")["instance"]
    assert instance["tags"] == [{"key": "project", "value": "prime-time"}, {"key": "flag"}]
    assert (instance["bundleId"], instance["hardware"]["ramSizeInGb"]) == ("nano_3_0", 0.5)
    assert (instance["username"], instance["sshKeyName"], instance["isStaticIp"]) == ("admin", "key", False)
    assert instance["arn"].startswith("arn:aws:lightsail:eu-central-1:123456789012:Instance/")
    assert [port["fromPort"] for port in instance["networking"]["ports"]] == [22, 80]
    assert [found["name"] for found in lightsail.get_instances()["instances"]] == ["web"]


def test_two_calls_at_once_share_no_name_and_no_address(endpoint, lightsail, create):
    def try_create(name):
        try:
            create(name)
        except ClientError as failure:
            return failure.response["Error"]["Code"]
        return "ok"

    names = [f"web{number % 6}" for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(try_create, names))
    assert sorted(outcomes) == ["InvalidInputException"] * 6 + ["ok"] * 6
    instances = lightsail.get_instances()["instances"]
    assert len({instance["privateIpAddress"] for instance in instances}) == 6
    assert len({instance["publicIpAddress"] for instance in instances}) == 6


@pytest.mark.parametrize(
    ("members", "code", "told"),
    [
        ({"bundleId": "huge_9_0"}, "InvalidInputException", "huge_9_0"),
        ({"blueprintId": "windows_95"}, "InvalidInputException", "windows_95"),
        ({"availabilityZone": "us-east-1a"}, "InvalidInputException", "us-east-1a"),
        ({"instanceNames": ["custom gitlab"]}, "InvalidInputException", "not a valid resource name"),
        ({"instanceNames": ["web", "web"]}, "InvalidInputException", "instanceNames"),
        ({"instanceNames": ["key"]}, "InvalidInputException", "Some names are already in use: key"),
        ({"keyPairName": "lost"}, "NotFoundException", "lost"),
        ({"userData": "x" * 17000}, "InvalidInputException", "userData"),
        ({"ipAddressType": "ipv6"}, "InvalidInputException", "IPv6"),
    ],
)
def test_what_cannot_be_created_is_refused_and_leaves_nothing(create, lightsail, members, code, told):
    failure = error(create, **members)
    assert (failure["Code"], told in failure["Message"]) == (code, True)
    assert lightsail.get_instances()["instances"] == []


def test_stop_loses_the_own_address_and_start_brings_another_one(endpoint, lightsail, create):
    create()
    lightsail.stop_instance(instanceName="web")
    endpoint.settle()
    stopped = lightsail.get_instance(instanceName="web")["instance"]
    assert stopped["state"]["name"] == "stopped"
    assert "publicIpAddress" not in stopped
    assert endpoint.machines.running == {}
    lightsail.start_instance(instanceName="web")
    endpoint.settle()
    started = lightsail.get_instance(instanceName="web")["instance"]
    assert started["state"]["name"] == "running"
    assert endpoint.machines.running["web"][0] == started["publicIpAddress"]
    assert started["privateIpAddress"] == stopped["privateIpAddress"]


def test_a_state_that_does_not_allow_it_is_the_services_own_error(lightsail, create):
    create()
    assert error(lightsail.start_instance, instanceName="web")["Code"] == "OperationFailureException"
    assert error(lightsail.stop_instance, instanceName="lost")["Code"] == "NotFoundException"


def test_reboot_ends_running(endpoint, lightsail, create):
    create()
    lightsail.reboot_instance(instanceName="web")
    endpoint.settle()
    assert state(lightsail)["name"] == "running"


def test_a_machine_that_cannot_start_fails_the_operation(endpoint, lightsail, create):
    endpoint.machines.failure = "no space left on device"
    [operation] = create()
    failed = lightsail.get_operation(operationId=operation["id"])["operation"]
    assert (failed["status"], failed["isTerminal"]) == ("Failed", True)
    assert "no space left" in failed["errorDetails"]
    endpoint.machines.failure = None
    lightsail.delete_instance(instanceName="web")
    endpoint.settle()
    create()
    assert state(lightsail)["name"] == "running"


def test_delete_frees_the_name_only_when_the_machine_is_gone(endpoint, lightsail, create):
    create()
    endpoint.machines.go_on.clear()
    lightsail.delete_instance(instanceName="web")
    assert state(lightsail)["name"] == "shutting-down"
    assert error(lightsail.delete_instance, instanceName="web")["Code"] == "OperationFailureException"
    endpoint.machines.go_on.set()
    endpoint.settle()
    assert error(lightsail.get_instance, instanceName="web")["Code"] == "NotFoundException"
    create()


@pytest.mark.parametrize(("exit_code", "ends"), [(129, "running"), (130, "stopped"), (137, "stopped")])
def test_a_machine_that_ends_by_itself_reboots_or_is_stopped(endpoint, lightsail, create, exit_code, ends):
    create()
    arn = lightsail.get_instance(instanceName="web")["instance"]["arn"]
    endpoint.machines.running.clear()
    watch.on_end(endpoint.cloud, arn, exit_code)
    endpoint.settle()
    assert state(lightsail)["name"] == ends
    assert ("web" in endpoint.machines.running) is (ends == "running")


def test_machines_come_back_with_docker(endpoint, lightsail, create, monkeypatch):
    create()
    endpoint.machines.running.clear()  # Docker went away, and every machine with it
    monkeypatch.setattr(watch, "RECONNECT_SECONDS", 0.01)
    attempts = []

    def open_stream():
        attempts.append(len(attempts))
        if len(attempts) < 3:
            raise ConnectionRefusedError("no Docker")
        if len(attempts) > 3:
            raise EndOfTestError
        return iter(())

    with pytest.raises(EndOfTestError):
        watch.follow(endpoint.cloud, open_stream)
    endpoint.settle()
    assert "web" in endpoint.machines.running
    assert state(lightsail)["name"] == "running"


def test_ports_are_opened_closed_and_put(endpoint, lightsail, create):
    create()
    https = {"protocol": "tcp", "fromPort": 443, "toPort": 443}
    lightsail.open_instance_public_ports(instanceName="web", portInfo=https)
    lightsail.open_instance_public_ports(instanceName="web", portInfo=https | {"cidrs": ["192.0.2.0/24"]})
    lightsail.close_instance_public_ports(
        instanceName="web", portInfo={"protocol": "tcp", "fromPort": 80, "toPort": 80}
    )
    states = lightsail.get_instance_port_states(instanceName="web")["portStates"]
    assert [(port["fromPort"], port["cidrs"]) for port in states] == [(22, ["0.0.0.0/0"]), (443, ["192.0.2.0/24"])]
    assert [port.from_port for port in endpoint.machines.running["web"][1]] == [22, 443]
    lightsail.put_instance_public_ports(instanceName="web", portInfos=[https])
    assert [port.from_port for port in endpoint.machines.running["web"][1]] == [443]


def test_ports_that_could_not_be_applied_are_not_recorded(endpoint, lightsail, create):
    create()
    endpoint.machines.failure = "iptables is not there"
    failure = error(lightsail.put_instance_public_ports, instanceName="web", portInfos=[])
    assert failure["Code"] == "OperationFailureException"
    states = lightsail.get_instance_port_states(instanceName="web")["portStates"]
    assert [port["fromPort"] for port in states] == [22, 80]


def test_another_region_knows_nothing_of_it(endpoint, create):
    create()
    elsewhere = endpoint.client("us-east-1")
    assert elsewhere.get_instances()["instances"] == []
    assert error(elsewhere.get_instance, instanceName="web")["Code"] == "NotFoundException"


def test_a_new_process_finishes_what_the_old_one_left(endpoint, lightsail, create):
    create("kept")
    endpoint.machines.go_on.clear()
    lightsail.delete_instance(instanceName="kept")
    [operation] = lightsail.create_instances(
        instanceNames=["begun"],
        availabilityZone="eu-central-1a",
        blueprintId="debian_12",
        bundleId="nano_3_0",
        keyPairName="key",
    )["operations"]
    # The old process dies: its steps fail, and its records say pending and shutting-down.
    account = (endpoint.directory / "lightsail.json").read_bytes()
    endpoint.machines.failure = "killed"
    endpoint.machines.go_on.set()
    endpoint.stop()
    (endpoint.directory / "lightsail.json").write_bytes(account)
    endpoint.machines.failure = None
    endpoint.start()
    endpoint.settle()
    again = endpoint.client()
    assert [found["name"] for found in again.get_instances()["instances"]] == ["begun"]
    assert state(again, "begun")["name"] == "running"
    assert again.get_operation(operationId=operation["id"])["operation"]["status"] == "Succeeded"
