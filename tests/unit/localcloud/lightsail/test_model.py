import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.lightsail import model
from localcloud.lightsail.errors import InvalidInputException

CREATE = {
    "instanceNames": ["web"],
    "availabilityZone": "eu-central-1a",
    "blueprintId": "debian_12",
    "bundleId": "medium_3_0",
}


def parse(operation, members):
    return model.parse_request(model.operation(operation), json.dumps(members).encode())


def test_a_good_request_comes_through_whole():
    assert parse("CreateInstances", CREATE) == CREATE


@pytest.mark.parametrize("missing", sorted(CREATE))
def test_each_required_member_is_required(missing):
    members = {name: value for name, value in CREATE.items() if name != missing}
    with pytest.raises(InvalidInputException, match=missing):
        parse("CreateInstances", members)


@pytest.mark.parametrize(
    ("operation", "members", "told"),
    [
        ("CreateInstances", CREATE | {"instanceName": "web"}, "instanceName"),
        ("CreateInstances", CREATE | {"instanceNames": "web"}, "instanceNames"),
        ("CreateInstances", CREATE | {"userData": 7}, "userData"),
        ("CreateInstances", CREATE | {"ipAddressType": "ipv5"}, "ipAddressType"),
        ("CreateInstances", CREATE | {"tags": [{"name": "x"}]}, "name"),
        ("GetInstance", {"instanceName": "  "}, "instanceName"),
        ("OpenInstancePublicPorts", {"instanceName": "web", "portInfo": {"protocol": "sctp"}}, "portInfo.protocol"),
        ("OpenInstancePublicPorts", {"instanceName": "web", "portInfo": {"toPort": 65536}}, "toPort is 65536, above"),
        ("CreateBucket", {"bucketName": "b" * 55, "bundleId": "small_1_0"}, "bucketName has the length 55, above 54"),
        ("GetSetupHistory", {"resourceName": "web", "pageToken": "*" * 24}, "pageToken is .*, which does not match"),
    ],
)
def test_unknown_members_and_wrong_values_are_refused_by_name(operation, members, told):
    with pytest.raises(InvalidInputException, match=told):
        parse(operation, members)


@given(st.binary(max_size=200))
def test_no_body_gets_more_than_the_services_own_error(body):
    try:
        members = model.parse_request(model.operation("GetInstance"), body)
    except InvalidInputException:
        return
    assert isinstance(members["instanceName"], str)


def test_times_are_seconds_on_the_wire():
    operation = model.operation("GetRelationalDatabaseMasterUserPassword")
    body = model.serialise_reply(
        operation, {"masterUserPassword": "x", "createdAt": datetime(2026, 11, 22, 12, tzinfo=UTC)}
    )
    assert json.loads(body)["createdAt"] == 1795348800.0


def test_a_reply_that_the_model_does_not_know_is_a_fault_of_ours():
    with pytest.raises(ValueError, match="GetInstanceState"):
        model.serialise_reply(model.operation("GetInstanceState"), {"state": {"code": "16"}})


@pytest.mark.parametrize(
    ("operation", "reply", "told"),
    [
        ("GetDisk", {"disk": {"state": "resting"}}, "disk.state is 'resting', not one of pending"),
        ("GetInstance", {"instance": {"networking": {"ports": [{"toPort": 70000}]}}}, "toPort is 70000, above 65535"),
        ("GetInstance", {"instance": {"name": "-"}}, "instance.name is '-', which does not match"),
        ("GetAlarms", {"alarms": [{"period": 86401}]}, r"alarms\[0\].period is 86401, above 86400"),
        ("GetLoadBalancer", {"loadBalancer": {"configurationOptions": {"Colour": "red"}}}, "'Colour', not one of"),
    ],
)
def test_a_replys_values_are_the_models_too(operation, reply, told):
    with pytest.raises(ValueError, match=f"{operation} would answer what the model does not allow: .*{told}"):
        model.serialise_reply(model.operation(operation), reply)


def test_an_operation_that_lightsail_does_not_have():
    assert model.operation("CreateUnicorn") is None
