import pytest
from botocore.exceptions import ClientError

from localcloud.lightsail import watch


def described(lightsail, name="db"):
    return lightsail.get_relational_database(relationalDatabaseName=name)["relationalDatabase"]


def password(lightsail, version="CURRENT"):
    return lightsail.get_relational_database_master_user_password(relationalDatabaseName="db", passwordVersion=version)[
        "masterUserPassword"
    ]


def test_the_endpoint_is_told_once_the_server_answers(endpoint, lightsail, create_database):
    endpoint.servers.go_on.clear()
    lightsail.create_relational_database(
        relationalDatabaseName="db",
        relationalDatabaseBlueprintId="postgres_17",
        relationalDatabaseBundleId="micro_2_0",
        masterDatabaseName="prime_time_db",
        masterUsername="primetime",
    )
    creating = described(lightsail)
    assert creating["state"] == "creating"
    assert "masterEndpoint" not in creating
    endpoint.servers.go_on.set()
    endpoint.settle()
    available = described(lightsail)
    assert available["state"] == "available"
    assert available["masterEndpoint"]["address"].endswith(".eu-central-1.rds.localcloud.test")
    assert (available["engine"], available["engineVersion"]) == ("postgres", "17.6")
    assert available["publiclyAccessible"] is False


def test_a_password_left_out_is_made_and_can_be_rotated(endpoint, lightsail, create_database):
    create_database()
    first = password(lightsail)
    assert len(first) >= 8
    lightsail.update_relational_database(relationalDatabaseName="db", rotateMasterUserPassword=True)
    endpoint.settle()
    second = password(lightsail)
    assert first != second
    assert password(lightsail, "PREVIOUS") == first
    assert endpoint.servers.passwords["db"] == second


def test_an_update_that_failed_leaves_the_record_as_the_server_is(endpoint, lightsail, create_database):
    create_database(masterUserPassword="first-password")
    endpoint.servers.failure = "server gone"
    [operation] = lightsail.update_relational_database(
        relationalDatabaseName="db", masterUserPassword="second-password", publiclyAccessible=True
    )["operations"]
    endpoint.settle()
    assert lightsail.get_operation(operationId=operation["id"])["operation"]["status"] == "Failed"
    assert password(lightsail) == "first-password"
    assert described(lightsail)["publiclyAccessible"] is False
    assert described(lightsail)["state"] == "available"


def test_windows_are_kept(endpoint, lightsail, create_database):
    create_database(preferredBackupWindow="01:00-01:30")
    lightsail.update_relational_database(relationalDatabaseName="db", preferredMaintenanceWindow="Sun:05:00-Sun:05:30")
    endpoint.settle()
    database = described(lightsail)
    assert database["preferredBackupWindow"] == "01:00-01:30"
    assert database["preferredMaintenanceWindow"] == "Sun:05:00-Sun:05:30"


def test_a_highly_available_database_has_its_standby_in_another_zone_and_costs_twice(
    endpoint, lightsail, create_database
):
    prices = {item["bundleId"]: item["price"] for item in lightsail.get_relational_database_bundles()["bundles"]}
    for size in ("micro", "small", "medium", "large"):
        assert prices[f"{size}_ha_2_0"] == 2 * prices[f"{size}_2_0"]
    create_database(relationalDatabaseBundleId="micro_ha_2_0", availabilityZone="eu-central-1c")
    found = described(lightsail)
    assert (found["state"], found["relationalDatabaseBundleId"]) == ("available", "micro_ha_2_0")
    assert found["secondaryAvailabilityZone"] == "eu-central-1a"
    # Its server dies: the endpoint and what was there stay.
    endpoint.servers.running.clear()
    watch.on_end(endpoint.cloud, found["arn"], 137)
    endpoint.settle()
    assert "db" in endpoint.servers.running
    again = described(lightsail)
    assert (again["state"], again["masterEndpoint"]) == ("available", found["masterEndpoint"])
    create_database("plain")
    plain = lightsail.get_relational_database(relationalDatabaseName="plain")["relationalDatabase"]
    assert "secondaryAvailabilityZone" not in plain


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"masterUserPassword": "sp ace in it"}, "master password"),
        ({"masterUsername": "postgres"}, "masterUsername"),
        ({"masterDatabaseName": "bad-name"}, "masterDatabaseName"),
        ({"relationalDatabaseBundleId": "micro_9_0"}, "micro_9_0"),
        ({"relationalDatabaseBlueprintId": "mysql_8_0"}, "mysql_8_0"),
        ({"preferredBackupWindow": "25:00-26:00"}, "preferredBackupWindow"),
        ({"relationalDatabaseName": "key"}, "Some names are already in use"),
    ],
)
def test_what_cannot_be_created_is_refused_and_leaves_nothing(lightsail, create_database, members, told):
    with pytest.raises(ClientError, match=told) as caught:
        create_database(**members)
    assert caught.value.response["Error"]["Code"] == "InvalidInputException"
    assert lightsail.get_relational_databases()["relationalDatabases"] == []


@pytest.mark.parametrize("members", [{}, {"skipFinalSnapshot": True, "finalRelationalDatabaseSnapshotName": "last"}])
def test_deletion_says_what_becomes_of_the_data(lightsail, create_database, members):
    create_database()
    with pytest.raises(ClientError, match="one of them"):
        lightsail.delete_relational_database(relationalDatabaseName="db", **members)
    assert described(lightsail)["state"] == "available"


def test_deleted_is_gone(endpoint, lightsail, create_database):
    create_database()
    lightsail.delete_relational_database(relationalDatabaseName="db", skipFinalSnapshot=True)
    endpoint.settle()
    assert endpoint.servers.passwords == {}
    with pytest.raises(ClientError, match="NotFoundException"):
        described(lightsail)
