"""Managed databases: their records' life, with a PostgreSQL server behind each."""

from __future__ import annotations

import secrets
from functools import partial

from localcloud.lightsail import catalogue, database_backups, database_servers, database_snapshots, quotas
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.database_records import (
    backup_window,
    changing,
    current,
    maintenance_window,
    note,
    require_state,
    set_state,
)
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_master_name, check_password, check_resource_name, new_password
from localcloud.lightsail.records import (
    DatabaseSnapshotState,
    DatabaseState,
    RelationalDatabase,
    RelationalDatabaseSnapshot,
    now,
)

# Members of UpdateRelationalDatabase whose meaning nothing here has.
NOT_OFFERED = ("caCertificateIdentifier", "relationalDatabaseBlueprintId")


def create(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["relationalDatabaseName"])
    blueprint = catalogue.database_blueprint(members["relationalDatabaseBlueprintId"])
    bundle = catalogue.database_bundle(members["relationalDatabaseBundleId"])
    database = RelationalDatabase(
        name=name,
        region=region,
        availability_zone=catalogue.check_zone(members.get("availabilityZone", f"{region}a"), region),
        blueprint_id=blueprint["blueprintId"],
        bundle_id=bundle["bundleId"],
        engine_version=database_servers.engine_version(cloud.engine),
        master_database=check_master_name(members["masterDatabaseName"], "masterDatabaseName"),
        master_username=check_master_name(members["masterUsername"], "masterUsername"),
        password=check_password(members.get("masterUserPassword") or new_password()),
        endpoint=new_endpoint(region),
        private_address="",
        publicly_accessible=members.get("publiclyAccessible", False),
        backup_window=backup_window(members),
        maintenance_window=maintenance_window(members),
        tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
    )
    with cloud.store.changing() as account:
        c.check_names_free(account, region, [name])
        database.private_address = c.free_private_address(account, cloud.settings)
        account.relational_databases.append(database)
        quotas.check(account, region)
        operation = c.started(account, database, "CreateRelationalDatabase")
    cloud.in_background(database, [operation.id], partial(bring_up, cloud, database))
    return {"operations": [operation.describe()]}


def new_endpoint(region: str) -> str:
    return f"ls-{secrets.token_hex(20)}.{secrets.token_hex(6)}.{region}.rds.localcloud.test"


def bring_up(cloud: Cloud, database: RelationalDatabase) -> None:
    """Bring the database's server up, and the record to available. Does nothing to one deleted meanwhile."""
    found = current(cloud, database)
    if found is None:
        return
    try:
        cloud.servers.ensure_running(found)
        if found.restored_from is not None:
            # The master user comes with the data, and may have had another password then.
            cloud.servers.set_password(found)
            with changing(cloud, found) as record:
                record.restored_from = None
                note(record, "Restored from snapshot", "restoration")
        database_backups.follow(cloud, found)
    except Exception:
        set_state(cloud, database, DatabaseState.FAILED)
        raise
    with changing(cloud, database) as record:
        if found.state is DatabaseState.CREATING:
            note(record, "DB instance created", "creation")
        record.state = DatabaseState.AVAILABLE


def get(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"relationalDatabase": describe(c.find_database(account, region, members["relationalDatabaseName"]))}


def get_all(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        found = [database for database in account.relational_databases if database.region == region]
        return {"relationalDatabases": [describe(database) for database in found]}


def get_password(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        version = members.get("passwordVersion", "CURRENT")
        if version == "CURRENT":
            return {"masterUserPassword": database.password, "createdAt": database.password_created_at}
        if version == "PREVIOUS" and database.previous_password is not None:
            return {
                "masterUserPassword": database.previous_password,
                "createdAt": database.previous_password_created_at or database.created_at,
            }
        raise InvalidInputException(f"{database.name} has no {version} password")


def update(cloud: Cloud, region: str, members: Members) -> Members:
    for member in NOT_OFFERED:
        if member in members:
            raise InvalidInputException(f"{member} is not offered by localcloud", "leave it out")
    if members.get("enableBackupRetention") and members.get("disableBackupRetention"):
        raise InvalidInputException("Backup retention cannot be enabled and disabled in one call")
    if "masterUserPassword" in members and members.get("rotateMasterUserPassword"):
        raise InvalidInputException("A password cannot be both given and rotated")
    with cloud.store.changing() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        require_state(database, "updated", DatabaseState.AVAILABLE)
        before = database.model_copy(deep=True)
        database.backup_window = backup_window(members, database.backup_window)
        database.maintenance_window = maintenance_window(members, database.maintenance_window)
        if members.get("enableBackupRetention") or members.get("disableBackupRetention"):
            _change_retention(database, members)
        database.publicly_accessible = members.get("publiclyAccessible", database.publicly_accessible)
        password_changes = "masterUserPassword" in members or members.get("rotateMasterUserPassword", False)
        if password_changes:
            database.previous_password = database.password
            database.previous_password_created_at = database.password_created_at
            note(database, "The password of the master user was reset", "configuration change")
            database.password = check_password(members.get("masterUserPassword") or new_password())
            database.password_created_at = now()
        database.state = DatabaseState.MODIFYING
        operation = c.started(account, database, "UpdateRelationalDatabase")
    cloud.in_background(database, [operation.id], partial(_apply_update, cloud, database, before))
    return {"operations": [operation.describe()]}


def _change_retention(database: RelationalDatabase, members: Members) -> None:
    """At once, or else at the maintenance window; what the rest of an update changes never waits for it."""
    wanted = bool(members.get("enableBackupRetention"))
    at_once = members.get("applyImmediately", False)
    if at_once:
        database.backup_retention = wanted
    database.pending_backup_retention = None if at_once or wanted == database.backup_retention else wanted


def _apply_update(cloud: Cloud, database: RelationalDatabase, before: RelationalDatabase) -> None:
    try:
        finish_update(cloud, database)
    except Exception:
        # The record tells what the server has, or the next call would find nothing to change.
        with cloud.store.changing() as account:
            listed = account.relational_databases
            account.relational_databases = [before if found.id == database.id else found for found in listed]
        raise


def finish_update(cloud: Cloud, database: RelationalDatabase) -> None:
    """Make the server what its record says, its password too, and the record available."""
    found = current(cloud, database)
    if found is None:
        return
    cloud.servers.ensure_running(found)
    cloud.servers.set_password(found)
    database_backups.follow(cloud, found)
    set_state(cloud, database, DatabaseState.AVAILABLE)


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    name, skip = members.get("finalRelationalDatabaseSnapshotName"), members.get("skipFinalSnapshot", False)
    if bool(name) == bool(skip):
        raise InvalidInputException("Give finalRelationalDatabaseSnapshotName or skipFinalSnapshot, one of them")
    with cloud.store.changing() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        if database.state is DatabaseState.DELETING:
            raise OperationFailureException(f"{database.name} is being deleted already")
        operations = []
        if name:
            require_state(database, "snapshotted", DatabaseState.AVAILABLE, DatabaseState.STOPPED)
            snapshot, taking = database_snapshots.begin(account, database, name, {})
            database.final_snapshot = snapshot.id
            operations.append(taking)
        database.state = DatabaseState.DELETING
        operations.append(c.started(account, database, "DeleteRelationalDatabase"))
    cloud.in_background(database, [found.id for found in operations], partial(destroy, cloud, database))
    return {"operations": [operation.describe() for operation in operations]}


def destroy(cloud: Cloud, database: RelationalDatabase) -> None:
    """Take the last snapshot if there is to be one, remove the server with its data and backups, then the record."""
    account = cloud.store.snapshot()
    for snapshot in account.relational_database_snapshots:
        if snapshot.id == database.final_snapshot and snapshot.state is DatabaseSnapshotState.CREATING:
            _take_last(cloud, database, snapshot)
    cloud.servers.remove(database)
    with cloud.store.changing() as account:
        account.relational_databases = [found for found in account.relational_databases if found.id != database.id]


def _take_last(cloud: Cloud, database: RelationalDatabase, snapshot: RelationalDatabaseSnapshot) -> None:
    try:
        cloud.servers.ensure_running(database)
        database_snapshots.take(cloud, database, snapshot)
    except Exception:
        # What was to be kept could not be: then nothing is removed.
        with cloud.changing(snapshot) as taken:
            taken.state = DatabaseSnapshotState.FAILED
        with cloud.changing(database) as record:
            record.state, record.final_snapshot = DatabaseState.AVAILABLE, None
        raise


def describe(database: RelationalDatabase) -> Members:
    bundle = catalogue.database_bundle(database.bundle_id)
    blueprint = catalogue.database_blueprint(database.blueprint_id)
    shown = database.describe() | {
        "tags": database.tag_list(),
        "relationalDatabaseBlueprintId": database.blueprint_id,
        "relationalDatabaseBundleId": database.bundle_id,
        "masterDatabaseName": database.master_database,
        "hardware": {member: bundle[member] for member in ("cpuCount", "diskSizeInGb", "ramSizeInGb")},
        "state": database.state.value,
        "backupRetentionEnabled": database.backup_retention,
        "pendingModifiedValues": (
            {}
            if database.pending_backup_retention is None
            else {"backupRetentionEnabled": database.pending_backup_retention}
        ),
        "engine": blueprint["engine"],
        "engineVersion": database.engine_version,
        "masterUsername": database.master_username,
        "parameterApplyStatus": "pending-reboot" if database.pending_parameters else "in-sync",
        "preferredBackupWindow": database.backup_window,
        "preferredMaintenanceWindow": database.maintenance_window,
        "publiclyAccessible": database.publicly_accessible,
        "pendingMaintenanceActions": [],
    }
    if catalogue.is_highly_available(database.bundle_id):
        # Nobody sees the standby, on AWS either; a server that dies is started again under the same endpoint.
        shown["secondaryAvailabilityZone"] = catalogue.another_zone(database.availability_zone, database.region)
    if database.latest_restorable_time is not None:
        shown["latestRestorableTime"] = database.latest_restorable_time
    # The endpoint is known only once the server is up, as on AWS.
    if database.state in (DatabaseState.CREATING, DatabaseState.FAILED):
        return shown
    return shown | {"masterEndpoint": {"address": database.endpoint, "port": database_servers.PORT}}


OPERATIONS: dict[str, c.Handler] = {
    "CreateRelationalDatabase": create,
    "GetRelationalDatabase": get,
    "GetRelationalDatabases": get_all,
    "GetRelationalDatabaseMasterUserPassword": get_password,
    "UpdateRelationalDatabase": update,
    "DeleteRelationalDatabase": delete,
}
