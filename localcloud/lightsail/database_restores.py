"""New databases from a snapshot, or from another database's backups at a time of the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from localcloud.lightsail import catalogue, database_backups, database_servers, databases, quotas
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.database_records import backup_window, maintenance_window
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import Account, DatabaseSnapshotState, RelationalDatabase, RestoreSource


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a new database takes over, and where its data is."""

    source: RestoreSource
    taken_over: dict[str, Any]
    bundle_id: str


def create(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["relationalDatabaseName"])
    zone = catalogue.check_zone(members.get("availabilityZone", f"{region}a"), region)
    with cloud.store.changing() as account:
        c.check_names_free(account, region, [name])
        origin = _origin(account, region, members)
        bundle = catalogue.database_bundle(members.get("relationalDatabaseBundleId", origin.bundle_id))
        _check_disk(bundle, catalogue.database_bundle(origin.bundle_id))
        database = RelationalDatabase(
            name=name,
            region=region,
            availability_zone=zone,
            bundle_id=bundle["bundleId"],
            endpoint=databases.new_endpoint(region),
            private_address=c.free_private_address(account, cloud.settings),
            publicly_accessible=members.get("publiclyAccessible", False),
            backup_window=backup_window({}),
            maintenance_window=maintenance_window({}),
            restored_from=origin.source,
            tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
            **origin.taken_over,
        )
        account.relational_databases.append(database)
        quotas.check(account, region)
        operation = c.started(account, database, "CreateRelationalDatabaseFromSnapshot")
    cloud.in_background(database, [operation.id], partial(databases.bring_up, cloud, database))
    return {"operations": [operation.describe()]}


def _origin(account: Account, region: str, members: Members) -> Origin:
    snapshot_name = members.get("relationalDatabaseSnapshotName")
    database_name = members.get("sourceRelationalDatabaseName")
    if bool(snapshot_name) == bool(database_name):
        raise InvalidInputException("Give relationalDatabaseSnapshotName or sourceRelationalDatabaseName, one of them")
    if snapshot_name:
        if "restoreTime" in members or members.get("useLatestRestorableTime"):
            raise InvalidInputException("A snapshot is of one time: leave restoreTime and useLatestRestorableTime out")
        return _from_snapshot(account, region, snapshot_name)
    if ("restoreTime" in members) == bool(members.get("useLatestRestorableTime")):
        raise InvalidInputException("Give restoreTime or useLatestRestorableTime, one of them")
    source = c.find_database(account, region, str(database_name))
    time = datetime.fromtimestamp(members["restoreTime"], UTC) if "restoreTime" in members else None
    taken = ("blueprint_id", "engine_version", "master_database", "master_username", "password")
    return Origin(
        source=database_backups.restore_source(source, time),
        taken_over={member: getattr(source, member) for member in taken},
        bundle_id=source.bundle_id,
    )


def _from_snapshot(account: Account, region: str, name: str) -> Origin:
    snapshot = c.find_database_snapshot(account, region, name)
    if snapshot.state is not DatabaseSnapshotState.AVAILABLE:
        raise OperationFailureException(
            f"{name} cannot be restored: it is {snapshot.state.value}", "wait until it is available"
        )
    taken = ("engine_version", "master_database", "master_username", "password")
    return Origin(
        source=RestoreSource(base=database_servers.snapshot_folder(snapshot)),
        taken_over={member: getattr(snapshot, member) for member in taken}
        | {"blueprint_id": snapshot.from_blueprint_id},
        bundle_id=snapshot.from_bundle_id,
    )


def _check_disk(bundle: Members, source: Members) -> None:
    if bundle["diskSizeInGb"] < source["diskSizeInGb"]:
        raise InvalidInputException(
            f"The bundle {bundle['bundleId']} has a disk of {bundle['diskSizeInGb']} GB, smaller than the source's "
            f"{source['diskSizeInGb']} GB",
            f"use {source['bundleId']} or a larger one",
        )


OPERATIONS: dict[str, c.Handler] = {"CreateRelationalDatabaseFromSnapshot": create}
