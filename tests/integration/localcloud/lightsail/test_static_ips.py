import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def address(lightsail):
    lightsail.allocate_static_ip(staticIpName="ip")
    return lightsail.get_static_ip(staticIpName="ip")["staticIp"]["ipAddress"]


def public(lightsail, name):
    instance = lightsail.get_instance(instanceName=name)["instance"]
    return instance["publicIpAddress"], instance["isStaticIp"]


def test_an_address_moves_from_one_instance_to_another(endpoint, lightsail, create, address):
    create("one")
    create("two")
    lightsail.attach_static_ip(staticIpName="ip", instanceName="one")
    assert public(lightsail, "one") == (address, True)
    lightsail.detach_static_ip(staticIpName="ip")
    assert public(lightsail, "one")[0] != address
    lightsail.attach_static_ip(staticIpName="ip", instanceName="two")
    assert public(lightsail, "two") == (address, True)
    assert endpoint.machines.running["two"][0] == address
    assert endpoint.machines.running["one"][0] == public(lightsail, "one")[0]


def test_attaching_twice_changes_nothing_and_taking_over_is_refused(lightsail, create, address):
    create("one")
    create("two")
    for _ in range(2):
        lightsail.attach_static_ip(staticIpName="ip", instanceName="one")
    with pytest.raises(ClientError, match="attached to one"):
        lightsail.attach_static_ip(staticIpName="ip", instanceName="two")
    assert public(lightsail, "one") == (address, True)


def test_the_address_stays_through_stop_and_start_and_survives_its_instance(endpoint, lightsail, create, address):
    create("one")
    lightsail.attach_static_ip(staticIpName="ip", instanceName="one")
    for change in (lightsail.stop_instance, lightsail.start_instance):
        change(instanceName="one")
        endpoint.settle()
        assert public(lightsail, "one") == (address, True)
    lightsail.delete_instance(instanceName="one")
    endpoint.settle()
    static_ip = lightsail.get_static_ip(staticIpName="ip")["staticIp"]
    assert (static_ip["ipAddress"], static_ip["isAttached"]) == (address, False)


def test_released_is_gone(lightsail, create, address):
    create("one")
    lightsail.attach_static_ip(staticIpName="ip", instanceName="one")
    lightsail.release_static_ip(staticIpName="ip")
    assert lightsail.get_static_ips()["staticIps"] == []
    assert public(lightsail, "one")[1] is False
    with pytest.raises(ClientError, match="NotFoundException"):
        lightsail.release_static_ip(staticIpName="ip")


def test_detaching_what_is_not_attached_is_an_error(lightsail, address):
    with pytest.raises(ClientError, match="OperationFailureException"):
        lightsail.detach_static_ip(staticIpName="ip")
