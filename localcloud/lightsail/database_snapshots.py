"""Snapshots of databases: base backups that need no archive and outlive their database."""

from __future__ import annotations

from functools import partial

from localcloud.lightsail import catalogue, database_servers
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.database_records import changing, note, require_state
from localcloud.lightsail.errors import OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import (
    Account,
    DatabaseSnapshotState,
    DatabaseState,
    Operation,
    RelationalDatabase,
    RelationalDatabaseSnapshot,
)


def create(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        require_state(database, "snapshotted", DatabaseState.AVAILABLE)
        tags = {tag["key"]: tag.get("value", "") for tag in members.get("tags", [])}
        snapshot, operation = begin(account, database, members["relationalDatabaseSnapshotName"], tags)
        database.state = DatabaseState.BACKING_UP
    cloud.in_background(database, [operation.id], partial(take_and_return, cloud, database, snapshot))
    return {"operations": [operation.describe()]}


def begin(
    account: Account, database: RelationalDatabase, name: str, tags: dict[str, str]
) -> tuple[RelationalDatabaseSnapshot, Operation]:
    """The record of a snapshot that is to be taken, and its operation."""
    c.check_names_free(account, database.region, [check_resource_name(name)])
    snapshot = RelationalDatabaseSnapshot(
        name=name,
        region=database.region,
        availability_zone=database.availability_zone,
        tags=tags,
        engine=catalogue.database_blueprint(database.blueprint_id)["engine"],
        engine_version=database.engine_version,
        size_gb=catalogue.database_bundle(database.bundle_id)["diskSizeInGb"],
        from_name=database.name,
        from_arn=database.arn,
        from_id=database.id,
        from_bundle_id=database.bundle_id,
        from_blueprint_id=database.blueprint_id,
        master_database=database.master_database,
        master_username=database.master_username,
        password=database.password,
    )
    account.relational_database_snapshots.append(snapshot)
    return snapshot, c.started(account, snapshot, "CreateRelationalDatabaseSnapshot")


def take_and_return(cloud: Cloud, database: RelationalDatabase, snapshot: RelationalDatabaseSnapshot) -> None:
    """Take the snapshot; whether it succeeded or not, the database is available after it."""
    try:
        take(cloud, database, snapshot)
    finally:
        with changing(cloud, database) as record:
            record.state = DatabaseState.AVAILABLE


def take(cloud: Cloud, database: RelationalDatabase, snapshot: RelationalDatabaseSnapshot) -> None:
    try:
        cloud.servers.backup(database, "snapshot", database_servers.snapshot_folder(snapshot))
    except Exception:
        with cloud.changing(snapshot) as taken:
            taken.state = DatabaseSnapshotState.FAILED
        raise
    with cloud.changing(snapshot) as taken:
        taken.state = DatabaseSnapshotState.AVAILABLE
    with changing(cloud, database) as record:
        note(record, f"Finished DB snapshot {snapshot.name}", "backup")


def get(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        found = c.find_database_snapshot(account, region, members["relationalDatabaseSnapshotName"])
        return {"relationalDatabaseSnapshot": describe(found)}


def get_all(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        found = [snapshot for snapshot in account.relational_database_snapshots if snapshot.region == region]
        return {"relationalDatabaseSnapshots": [describe(snapshot) for snapshot in found]}


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        snapshot = c.find_database_snapshot(account, region, members["relationalDatabaseSnapshotName"])
        if snapshot.state not in (DatabaseSnapshotState.AVAILABLE, DatabaseSnapshotState.FAILED):
            raise OperationFailureException(
                f"{snapshot.name} cannot be deleted: it is {snapshot.state.value}", "wait until it is available"
            )
        snapshot.state = DatabaseSnapshotState.DELETING
        operation = c.started(account, snapshot, "DeleteRelationalDatabaseSnapshot")
    cloud.in_background(snapshot, [operation.id], partial(destroy, cloud, snapshot))
    return {"operations": [operation.describe()]}


def destroy(cloud: Cloud, snapshot: RelationalDatabaseSnapshot) -> None:
    """Remove the data, then the record."""
    cloud.servers.remove_backups(database_servers.snapshot_folder(snapshot))
    with cloud.store.changing() as account:
        listed = account.relational_database_snapshots
        account.relational_database_snapshots = [found for found in listed if found.id != snapshot.id]


def describe(snapshot: RelationalDatabaseSnapshot) -> Members:
    return snapshot.describe() | {
        "tags": snapshot.tag_list(),
        "engine": snapshot.engine,
        "engineVersion": snapshot.engine_version,
        "sizeInGb": snapshot.size_gb,
        "state": snapshot.state.value,
        "fromRelationalDatabaseName": snapshot.from_name,
        "fromRelationalDatabaseArn": snapshot.from_arn,
        "fromRelationalDatabaseBundleId": snapshot.from_bundle_id,
        "fromRelationalDatabaseBlueprintId": snapshot.from_blueprint_id,
    }


OPERATIONS: dict[str, c.Handler] = {
    "CreateRelationalDatabaseSnapshot": create,
    "GetRelationalDatabaseSnapshot": get,
    "GetRelationalDatabaseSnapshots": get_all,
    "DeleteRelationalDatabaseSnapshot": delete,
}
