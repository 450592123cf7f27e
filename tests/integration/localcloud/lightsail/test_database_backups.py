from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from localcloud.lightsail import database_snapshots
from localcloud.lightsail.database_backups import Schedule
from localcloud.lightsail.records import now


def described(lightsail, name="db"):
    return lightsail.get_relational_database(relationalDatabaseName=name)["relationalDatabase"]


def snapshot_names(lightsail):
    pages = lightsail.get_paginator("get_relational_database_snapshots").paginate()
    return [snapshot["name"] for page in pages for snapshot in page["relationalDatabaseSnapshots"]]


def tick(endpoint, time=None):
    Schedule(endpoint.cloud).tick(time or now())
    endpoint.settle()


def restore(endpoint, lightsail, name="new", **members):
    reply = lightsail.create_relational_database_from_snapshot(relationalDatabaseName=name, **members)
    endpoint.settle()
    return reply["operations"]


def test_the_restorable_time_goes_on_with_the_clock(endpoint, lightsail, create_database):
    create_database()
    first = described(lightsail)["latestRestorableTime"]
    tick(endpoint)
    assert described(lightsail)["latestRestorableTime"] > first
    assert endpoint.servers.backups == [("db", "base"), ("db", "prune"), ("db", "archive"), ("db", "archive")]


def test_a_base_backup_a_day_in_its_window_and_seven_days_kept(endpoint, lightsail, create_database):
    create_database()
    for _ in range(10):
        with endpoint.cloud.store.changing() as account:
            for backup in account.relational_databases[0].base_backups:
                backup.finished_at -= timedelta(days=1)
        tick(endpoint)
    [record] = endpoint.cloud.store.snapshot().relational_databases
    ages = [(now() - backup.finished_at).days for backup in record.base_backups]
    assert ages == [7, 6, 5, 4, 3, 2, 1, 0]


def test_retention_waits_for_the_maintenance_window_unless_told_not_to(endpoint, lightsail, create_database):
    create_database(preferredMaintenanceWindow="Mon:04:00-Mon:04:30")
    lightsail.update_relational_database(relationalDatabaseName="db", disableBackupRetention=True)
    endpoint.settle()
    waiting = described(lightsail)
    assert waiting["pendingModifiedValues"] == {"backupRetentionEnabled": False}
    assert waiting["backupRetentionEnabled"] is True
    monday = now().replace(hour=4, minute=10) + timedelta(days=-now().weekday())
    tick(endpoint, monday + timedelta(hours=1))
    assert described(lightsail)["backupRetentionEnabled"] is True
    tick(endpoint, monday)
    done = described(lightsail)
    assert (done["backupRetentionEnabled"], done["pendingModifiedValues"]) == (False, {})
    assert "latestRestorableTime" not in done
    lightsail.update_relational_database(relationalDatabaseName="db", enableBackupRetention=True, applyImmediately=True)
    endpoint.settle()
    assert described(lightsail)["backupRetentionEnabled"] is True
    assert described(lightsail)["latestRestorableTime"] > now() - timedelta(minutes=1)


def test_a_restore_takes_over_what_the_source_is(endpoint, lightsail, create_database):
    create_database(masterUserPassword="first-password")
    [operation] = restore(
        endpoint, lightsail, sourceRelationalDatabaseName="db", useLatestRestorableTime=True, tags=[{"key": "a"}]
    )
    assert operation["operationType"] == "CreateRelationalDatabaseFromSnapshot"
    source, made = described(lightsail), described(lightsail, "new")
    same = ("masterUsername", "masterDatabaseName", "relationalDatabaseBundleId", "relationalDatabaseBlueprintId")
    assert [made[member] for member in same] == [source[member] for member in same]
    assert made["masterEndpoint"]["address"] != source["masterEndpoint"]["address"]
    assert made["tags"] == [{"key": "a"}]
    assert made["backupRetentionEnabled"] is True
    assert endpoint.servers.passwords["new"] == "first-password"
    beside = endpoint.servers.restored["new"].target - source["latestRestorableTime"]
    assert abs(beside) < timedelta(milliseconds=1)  # the wire has milliseconds


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({}, "one of them"),
        ({"relationalDatabaseSnapshotName": "shot", "sourceRelationalDatabaseName": "db"}, "one of them"),
        ({"sourceRelationalDatabaseName": "db"}, "restoreTime or useLatestRestorableTime"),
        ({"sourceRelationalDatabaseName": "db", "restoreTime": 1, "useLatestRestorableTime": True}, "restoreTime or"),
        ({"sourceRelationalDatabaseName": "db", "restoreTime": 1}, "cannot be restored to 1970-01-01T00:00:01Z"),
        ({"sourceRelationalDatabaseName": "db", "restoreTime": 4102444800}, "cannot be restored to 2100"),
        ({"sourceRelationalDatabaseName": "lost", "useLatestRestorableTime": True}, "NotFoundException"),
        ({"relationalDatabaseSnapshotName": "lost"}, "NotFoundException"),
        ({"relationalDatabaseSnapshotName": "shot", "restoreTime": 1}, "of one time"),
        ({"relationalDatabaseSnapshotName": "shot", "relationalDatabaseBundleId": "micro_2_0"}, "smaller than the"),
        ({"relationalDatabaseSnapshotName": "shot", "relationalDatabaseBundleId": "micro_ha_2_0"}, "smaller than the"),
        ({"relationalDatabaseSnapshotName": "shot", "relationalDatabaseName": "db"}, "already in use"),
    ],
)
def test_what_cannot_be_restored_is_refused_and_leaves_nothing(endpoint, lightsail, create_database, members, told):
    create_database(relationalDatabaseBundleId="small_2_0")
    lightsail.create_relational_database_snapshot(relationalDatabaseName="db", relationalDatabaseSnapshotName="shot")
    endpoint.settle()
    with pytest.raises(ClientError, match=told):
        lightsail.create_relational_database_from_snapshot(**({"relationalDatabaseName": "new"} | members))
    assert [found["name"] for found in lightsail.get_relational_databases()["relationalDatabases"]] == ["db"]


def test_without_retention_there_is_nothing_to_restore_from(endpoint, lightsail, create_database):
    create_database()
    lightsail.update_relational_database(
        relationalDatabaseName="db", disableBackupRetention=True, applyImmediately=True
    )
    endpoint.settle()
    with pytest.raises(ClientError, match="no backups to restore from"):
        restore(endpoint, lightsail, sourceRelationalDatabaseName="db", useLatestRestorableTime=True)


def test_a_snapshot_is_described_tagged_and_deleted(endpoint, lightsail, create_database):
    create_database()
    lightsail.create_relational_database_snapshot(
        relationalDatabaseName="db", relationalDatabaseSnapshotName="shot", tags=[{"key": "a", "value": "1"}]
    )
    endpoint.settle()
    found = lightsail.get_relational_database_snapshot(relationalDatabaseSnapshotName="shot")[
        "relationalDatabaseSnapshot"
    ]
    assert (found["state"], found["sizeInGb"], found["engine"]) == ("available", 40, "postgres")
    assert found["fromRelationalDatabaseName"] == "db"
    assert found["fromRelationalDatabaseBundleId"] == "micro_2_0"
    lightsail.tag_resource(resourceName="shot", tags=[{"key": "b", "value": "2"}])
    found = lightsail.get_relational_database_snapshot(relationalDatabaseSnapshotName="shot")[
        "relationalDatabaseSnapshot"
    ]
    assert found["tags"] == [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    assert described(lightsail)["state"] == "available"
    lightsail.delete_relational_database_snapshot(relationalDatabaseSnapshotName="shot")
    endpoint.settle()
    assert snapshot_names(lightsail) == []
    assert endpoint.servers.removed == [f"/backups/snapshots/{found['arn'].rpartition('/')[2]}"]


def test_snapshots_come_in_pages(endpoint, lightsail, create_database):
    create_database()
    for number in range(51):
        lightsail.create_relational_database_snapshot(
            relationalDatabaseName="db", relationalDatabaseSnapshotName=f"shot{number}"
        )
        endpoint.settle()
    assert len(lightsail.get_relational_database_snapshots()["relationalDatabaseSnapshots"]) == 50
    assert snapshot_names(lightsail) == [f"shot{number}" for number in range(51)]
    with pytest.raises(ClientError, match="page token"):
        lightsail.get_relational_database_snapshots(pageToken="elsewhere")


def test_a_snapshot_that_failed_leaves_the_database_available(endpoint, lightsail, create_database):
    create_database()
    endpoint.servers.failure = "disk full"
    lightsail.create_relational_database_snapshot(relationalDatabaseName="db", relationalDatabaseSnapshotName="shot")
    endpoint.settle()
    assert described(lightsail)["state"] == "available"
    reply = lightsail.get_relational_database_snapshot(relationalDatabaseSnapshotName="shot")
    assert reply["relationalDatabaseSnapshot"]["state"] == "failed"
    with pytest.raises(ClientError, match="it is failed"):
        restore(endpoint, lightsail, relationalDatabaseSnapshotName="shot")


def test_a_database_whose_final_snapshot_failed_is_not_deleted(endpoint, lightsail, create_database):
    create_database()
    endpoint.servers.failure = "disk full"
    operations = lightsail.delete_relational_database(
        relationalDatabaseName="db", finalRelationalDatabaseSnapshotName="last"
    )["operations"]
    endpoint.settle()
    for operation in operations:
        told = lightsail.get_operation(operationId=operation["id"])["operation"]
        assert (told["status"], told["errorDetails"]) == ("Failed", "disk full")
    assert described(lightsail)["state"] == "available"
    endpoint.servers.failure = None
    lightsail.delete_relational_database(relationalDatabaseName="db", finalRelationalDatabaseSnapshotName="last-2")
    endpoint.settle()
    assert snapshot_names(lightsail) == ["last", "last-2"]
    assert lightsail.get_relational_databases()["relationalDatabases"] == []


def test_what_was_underway_goes_on_when_the_endpoint_starts_again(endpoint, lightsail, create_database):
    create_database("stopping")
    create_database("going")
    create_database("snapped")
    with endpoint.cloud.store.changing() as account:  # as it is left when the process is killed
        endpoint.stop()
        names = {database.name: database for database in account.relational_databases}
        names["stopping"].state = "stopping"
    endpoint.start()
    endpoint.settle()
    assert described(endpoint.client(), "stopping")["state"] == "stopped"
    with endpoint.cloud.store.changing() as account:
        endpoint.stop()
        names = {database.name: database for database in account.relational_databases}
        snapshot, _ = database_snapshots.begin(account, names["going"], "last", {})
        names["going"].state, names["going"].final_snapshot = "deleting", snapshot.id
        database_snapshots.begin(account, names["snapped"], "kept", {})
        names["snapped"].state = "backing-up"
    endpoint.start()
    endpoint.settle()
    client = endpoint.client()
    states = {found["name"]: found["state"] for found in client.get_relational_databases()["relationalDatabases"]}
    assert states == {"stopping": "stopped", "snapped": "available"}
    found = client.get_relational_database_snapshots()["relationalDatabaseSnapshots"]
    assert {snapshot["name"]: snapshot["state"] for snapshot in found} == {"last": "available", "kept": "available"}
    assert {operation["status"] for operation in client.get_operations()["operations"]} == {"Succeeded"}
