"""Databases stopped, started and rebooted; parameters that wait for a restart take effect with it."""

from __future__ import annotations

from functools import partial

from localcloud.lightsail import cloud as c
from localcloud.lightsail import database_snapshots
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.database_records import changing, current, note, require_state, set_state
from localcloud.lightsail.records import DatabaseState, RelationalDatabase


def stop(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        require_state(database, "stopped", DatabaseState.AVAILABLE)
        operations = []
        snapshot = None
        if name := members.get("relationalDatabaseSnapshotName"):
            snapshot, taking = database_snapshots.begin(account, database, name, {})
            operations.append(taking)
        database.state = DatabaseState.STOPPING
        operations.append(c.started(account, database, "StopRelationalDatabase"))
    if snapshot is not None:
        cloud.in_background(database, [operations[0].id], partial(database_snapshots.take, cloud, database, snapshot))
    cloud.in_background(database, [operations[-1].id], partial(halt, cloud, database))
    return {"operations": [operation.describe() for operation in operations]}


def halt(cloud: Cloud, database: RelationalDatabase) -> None:
    if current(cloud, database) is None:
        return
    cloud.servers.stop(database)
    with changing(cloud, database) as record:
        record.state = DatabaseState.STOPPED
        note(record, "DB instance stopped", "notification")


def start(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        require_state(database, "started", DatabaseState.STOPPED)
        database.state = DatabaseState.STARTING
        operation = c.started(account, database, "StartRelationalDatabase")
    cloud.in_background(database, [operation.id], partial(restart, cloud, database))
    return {"operations": [operation.describe()]}


def reboot(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        database = c.find_database(account, region, members["relationalDatabaseName"])
        require_state(database, "rebooted", DatabaseState.AVAILABLE, DatabaseState.INCOMPATIBLE_PARAMETERS)
        database.state = DatabaseState.REBOOTING
        operation = c.started(account, database, "RebootRelationalDatabase")
    cloud.in_background(database, [operation.id], partial(restart, cloud, database))
    return {"operations": [operation.describe()]}


def restart(cloud: Cloud, database: RelationalDatabase) -> None:
    """Stop the server if it runs and start it with the parameters that waited for this."""
    if current(cloud, database) is None:
        return
    cloud.servers.stop(database)
    with changing(cloud, database) as record:
        record.parameters = record.parameters | record.pending_parameters
        record.pending_parameters = {}
        begun = record.model_copy(deep=True)
    try:
        cloud.servers.ensure_running(begun)
    except Exception:
        set_state(cloud, database, DatabaseState.INCOMPATIBLE_PARAMETERS if begun.parameters else DatabaseState.FAILED)
        raise
    with changing(cloud, database) as record:
        record.state = DatabaseState.AVAILABLE
        note(record, "DB instance restarted", "availability")


OPERATIONS: dict[str, c.Handler] = {
    "StopRelationalDatabase": stop,
    "StartRelationalDatabase": start,
    "RebootRelationalDatabase": reboot,
}
