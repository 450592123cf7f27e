"""Managed databases: their records' life, with a PostgreSQL server behind each."""

from __future__ import annotations

import re
import secrets
from functools import partial

from localcloud.lightsail import catalogue, database_servers
from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, OperationFailureException
from localcloud.lightsail.names import check_master_name, check_password, check_resource_name, new_password
from localcloud.lightsail.records import DatabaseState, RelationalDatabase, now

BACKUP_WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
MAINTENANCE_WINDOW = re.compile(
    r"(?i:mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(?i:mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d"
)
DEFAULT_BACKUP_WINDOW = "03:00-03:30"
DEFAULT_MAINTENANCE_WINDOW = "Mon:04:00-Mon:04:30"
# Members of UpdateRelationalDatabase whose meaning nothing here has.
NOT_OFFERED = ("caCertificateIdentifier", "relationalDatabaseBlueprintId")


def create(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["relationalDatabaseName"])
    blueprint = catalogue.database_blueprint(members["relationalDatabaseBlueprintId"])
    bundle = catalogue.database_bundle(members["relationalDatabaseBundleId"])
    if "_ha_" in bundle["bundleId"]:
        raise InvalidInputException(
            f"localcloud runs no standby database: {bundle['bundleId']}",
            f"use {bundle['bundleId'].replace('_ha_', '_')} where there is only this machine",
        )
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
        endpoint=f"ls-{secrets.token_hex(20)}.{secrets.token_hex(6)}.{region}.rds.localcloud.test",
        private_address="",
        publicly_accessible=members.get("publiclyAccessible", False),
        backup_window=_window(members, "preferredBackupWindow", BACKUP_WINDOW, DEFAULT_BACKUP_WINDOW),
        maintenance_window=_window(
            members, "preferredMaintenanceWindow", MAINTENANCE_WINDOW, DEFAULT_MAINTENANCE_WINDOW
        ),
        tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
    )
    with cloud.store.changing() as account:
        c.check_names_free(account, region, [name])
        database.private_address = c.free_private_address(account, cloud.settings)
        account.relational_databases.append(database)
        operation = c.started(account, database, "CreateRelationalDatabase")
    cloud.in_background(database, [operation.id], partial(bring_up, cloud, database))
    return {"operations": [operation.describe()]}


def bring_up(cloud: Cloud, database: RelationalDatabase) -> None:
    """Bring the database's server up, and the record to available. Does nothing to one deleted meanwhile."""
    current = _current(cloud, database)
    if current is None:
        return
    try:
        cloud.servers.ensure_running(current)
    except Exception:
        _set_state(cloud, database, DatabaseState.FAILED)
        raise
    _set_state(cloud, database, DatabaseState.AVAILABLE)


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
            return {"masterUserPassword": database.previous_password}
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
        if database.state is not DatabaseState.AVAILABLE:
            raise OperationFailureException(
                f"{database.name} cannot be updated: it is {database.state.value}", "wait until it is available"
            )
        before = database.model_copy(deep=True)
        database.backup_window = _window(members, "preferredBackupWindow", BACKUP_WINDOW, database.backup_window)
        database.maintenance_window = _window(
            members, "preferredMaintenanceWindow", MAINTENANCE_WINDOW, database.maintenance_window
        )
        if members.get("enableBackupRetention") or members.get("disableBackupRetention"):
            database.backup_retention = bool(members.get("enableBackupRetention"))
        database.publicly_accessible = members.get("publiclyAccessible", database.publicly_accessible)
        password_changes = "masterUserPassword" in members or members.get("rotateMasterUserPassword", False)
        if password_changes:
            database.previous_password = database.password
            database.password = check_password(members.get("masterUserPassword") or new_password())
            database.password_created_at = now()
        database.state = DatabaseState.MODIFYING
        operation = c.started(account, database, "UpdateRelationalDatabase")
    cloud.in_background(database, [operation.id], partial(_apply_update, cloud, database, before))
    return {"operations": [operation.describe()]}


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
    current = _current(cloud, database)
    if current is None:
        return
    cloud.servers.ensure_running(current)
    cloud.servers.set_password(current)
    _set_state(cloud, database, DatabaseState.AVAILABLE)


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        if not members.get("skipFinalSnapshot", False):
            raise InvalidInputException(
                "Snapshots of databases are not offered by localcloud, so no final one can be taken",
                "dump the database if it is needed, then call with skipFinalSnapshot",
            )
        if database.state is DatabaseState.DELETING:
            raise OperationFailureException(f"{database.name} is being deleted already")
        database.state = DatabaseState.DELETING
        operation = c.started(account, database, "DeleteRelationalDatabase")
    cloud.in_background(database, [operation.id], partial(destroy, cloud, database))
    return {"operations": [operation.describe()]}


def destroy(cloud: Cloud, database: RelationalDatabase) -> None:
    """Remove the server with its data, then the record."""
    cloud.servers.remove(database)
    with cloud.store.changing() as account:
        account.relational_databases = [found for found in account.relational_databases if found.id != database.id]


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
        "pendingModifiedValues": {},
        "engine": blueprint["engine"],
        "engineVersion": database.engine_version,
        "masterUsername": database.master_username,
        "parameterApplyStatus": "in-sync",
        "preferredBackupWindow": database.backup_window,
        "preferredMaintenanceWindow": database.maintenance_window,
        "publiclyAccessible": database.publicly_accessible,
        "pendingMaintenanceActions": [],
    }
    # The endpoint is known only once the server is up, as on AWS.
    if database.state in (DatabaseState.CREATING, DatabaseState.FAILED):
        return shown
    return shown | {"masterEndpoint": {"address": database.endpoint, "port": database_servers.PORT}}


def _window(members: Members, member: str, pattern: re.Pattern[str], default: str) -> str:
    window: str = members.get(member, default)
    if not pattern.fullmatch(window):
        raise InvalidInputException(f"{member} is not valid: {window}", f"write it like {default} (UTC)")
    return window


def _current(cloud: Cloud, database: RelationalDatabase) -> RelationalDatabase | None:
    with cloud.store.reading() as account:
        for found in account.relational_databases:
            if found.id == database.id and found.state is not DatabaseState.DELETING:
                return found.model_copy(deep=True)
    return None


def _set_state(cloud: Cloud, database: RelationalDatabase, state: DatabaseState) -> None:
    with cloud.store.changing() as account:
        for found in account.relational_databases:
            if found.id == database.id and found.state is not DatabaseState.DELETING:
                found.state = state


OPERATIONS: dict[str, c.Handler] = {
    "CreateRelationalDatabase": create,
    "GetRelationalDatabase": get,
    "GetRelationalDatabases": get_all,
    "GetRelationalDatabaseMasterUserPassword": get_password,
    "UpdateRelationalDatabase": update,
    "DeleteRelationalDatabase": delete,
}
