"""Databases and their snapshots when the endpoint starts again: each goes on from the state it was left in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from localcloud.lightsail import database_power, database_snapshots, databases
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.records import DatabaseSnapshotState, DatabaseState, RelationalDatabase, Resource

Step = Callable[[Cloud, RelationalDatabase], None]
# A state that is not here has nothing to go on with.
STEPS: dict[DatabaseState, Step] = {
    DatabaseState.CREATING: databases.bring_up,
    DatabaseState.BACKING_UP: databases.bring_up,
    DatabaseState.AVAILABLE: databases.bring_up,
    DatabaseState.FAILED: databases.bring_up,
    DatabaseState.MODIFYING: databases.finish_update,
    DatabaseState.STOPPING: database_power.halt,
    DatabaseState.STARTING: database_power.restart,
    DatabaseState.REBOOTING: database_power.restart,
    DatabaseState.DELETING: databases.destroy,
}


def resume(cloud: Cloud, unfinished: dict[tuple[str, str], str]) -> None:
    """Submit what is left to do. `unfinished` has the operations underway, by region and resource."""
    account = cloud.store.snapshot()
    present = {database.id: database for database in account.relational_databases}

    def operations(resource: Resource) -> list[str]:
        key = (resource.region, resource.name)
        return [unfinished[key]] if key in unfinished else []

    snapshots = {snapshot.id: snapshot for snapshot in account.relational_database_snapshots}
    for database in account.relational_databases:
        underway = operations(database)
        if database.final_snapshot is not None:
            underway += operations(snapshots[database.final_snapshot])
        if step := STEPS.get(database.state):
            cloud.in_background(database, underway, partial(step, cloud, database))
    for snapshot in account.relational_database_snapshots:
        if snapshot.state is DatabaseSnapshotState.DELETING:
            cloud.in_background(snapshot, operations(snapshot), partial(database_snapshots.destroy, cloud, snapshot))
        if snapshot.state is DatabaseSnapshotState.CREATING:
            source = present[snapshot.from_id]  # no database goes before its snapshots are taken
            if source.final_snapshot != snapshot.id:
                step_again = partial(database_snapshots.take, cloud, source, snapshot)
                cloud.in_background(source, operations(snapshot), step_again)
