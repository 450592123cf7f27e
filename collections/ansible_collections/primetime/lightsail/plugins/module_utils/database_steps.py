# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The calls that create, change, run and delete a Lightsail database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .convergence import Step
from .database_parameters import parameters_step, plain
from .database_restores import is_restore, restore_arguments
from .databases import (
    WINDOWS,
    comparable,
    is_absent,
    is_available,
    is_in,
    is_stopped,
    waits_for_reboot,
    with_plain_windows,
)
from .errors import RefusedError
from .tags import to_wire

# Lightsail's member for each option that creation takes.
CREATION_MEMBERS = {
    "blueprint_id": "relationalDatabaseBlueprintId",
    "bundle_id": "relationalDatabaseBundleId",
    "database_name": "masterDatabaseName",
    "master_username": "masterUsername",
    "master_password": "masterUserPassword",
    "availability_zone": "availabilityZone",
    "preferred_backup_window": "preferredBackupWindow",
    "preferred_maintenance_window": "preferredMaintenanceWindow",
    "publicly_accessible": "publiclyAccessible",
}
# Those of them that a restore takes; the others come with the data or are set afterwards.
RESTORE_OPTIONS = ("bundle_id", "availability_zone", "publicly_accessible")
NEEDED_TO_CREATE = ("blueprint_id", "bundle_id", "database_name", "master_username", "master_password")


def update_arguments(changes: Mapping[str, Any]) -> dict[str, Any]:
    """UpdateRelationalDatabase's members for changed options."""
    arguments = {CREATION_MEMBERS[option]: value for option, value in changes.items() if option != "backup_retention"}
    if "backup_retention" in changes:
        arguments["enableBackupRetention" if changes["backup_retention"] else "disableBackupRetention"] = True
    return arguments


def update_step(name: str, changes: Mapping[str, Any], *, password: str | None = None) -> Step:
    """The call that changes a database in place, at once and not in its maintenance window."""
    arguments = {"relationalDatabaseName": name, **update_arguments(changes), "applyImmediately": True}
    if password:
        arguments["masterUserPassword"] = password

    def settled(description: Any) -> bool:
        view = comparable(description)
        return is_available(description) and all(view[option] == value for option, value in changes.items())

    return Step("update_relational_database", arguments, settled=settled, begun=is_in("modifying"))


def creation_steps(wanted: Mapping[str, Any]) -> tuple[Step, ...]:
    """The calls that create the database.

    Raises:
        RefusedError: an option that creation needs isn't given.
    """
    name = wanted["name"]
    tags = {"tags": to_wire(wanted["tags"])} if wanted.get("tags") else {}
    if is_restore(wanted):
        taken = given_members(wanted, RESTORE_OPTIONS)
        arguments = {"relationalDatabaseName": name, **restore_arguments(wanted), **taken, **tags}
        create = Step("create_relational_database_from_snapshot", arguments, settled=is_available)
        later = {option: wanted[option] for option in WINDOWS if wanted.get(option)}
        password = wanted.get("master_password")
    else:
        if missing := [option for option in NEEDED_TO_CREATE if not wanted.get(option)]:
            raise RefusedError(
                f"database {name} doesn't exist, and to create it these are missing: {', '.join(missing)}"
            )
        arguments = {"relationalDatabaseName": name, **given_members(wanted, CREATION_MEMBERS), **tags}
        create = Step("create_relational_database", arguments, settled=is_available)
        later, password = {}, None
    if wanted.get("backup_retention") is False:
        # Creation has no member for it, and Lightsail turns it on.
        later["backup_retention"] = False
    steps = [create]
    if later or password:
        steps.append(update_step(name, with_plain_windows(later), password=password))
    if wanted.get("parameters"):
        values = {parameter: plain(value) for parameter, value in wanted["parameters"].items()}
        steps += [parameters_step(name, values, frozenset(values)), reboot_step(name)]
    if wanted["state"] == "stopped":
        steps.append(stop_step(name))
    return tuple(steps)


def given_members(wanted: Mapping[str, Any], options: Iterable[str]) -> dict[str, Any]:
    """Lightsail's members for those of the options that are given."""
    return {CREATION_MEMBERS[option]: wanted[option] for option in options if wanted.get(option) is not None}


def reboot_step(name: str) -> Step:
    def settled(description: Any) -> bool:
        return is_available(description) and not waits_for_reboot(description)

    return Step(
        "reboot_relational_database", {"relationalDatabaseName": name}, settled=settled, begun=is_in("rebooting")
    )


def start_step(name: str) -> Step:
    return Step(
        "start_relational_database",
        {"relationalDatabaseName": name},
        settled=is_available,
        begun=is_in("starting", "available"),
    )


def stop_step(name: str) -> Step:
    return Step(
        "stop_relational_database",
        {"relationalDatabaseName": name},
        settled=is_stopped,
        begun=is_in("stopping", "stopped"),
    )


def deletion_step(wanted: Mapping[str, Any]) -> Step:
    """The call that deletes the database.

    Raises:
        RefusedError: it isn't said what becomes of the data.
    """
    name, snapshot = wanted["name"], wanted.get("final_snapshot_name")
    if not (snapshot or wanted.get("skip_final_snapshot")):
        raise RefusedError(
            f"database {name} would be deleted without a last snapshot: give final_snapshot_name, "
            "or skip_final_snapshot: true if its data may be lost"
        )
    if snapshot and wanted.get("skip_final_snapshot"):
        raise RefusedError(
            f"database {name}: skip_final_snapshot and final_snapshot_name contradict each other; give one"
        )
    arguments: dict[str, Any] = {"relationalDatabaseName": name, "skipFinalSnapshot": not snapshot}
    if snapshot:
        arguments["finalRelationalDatabaseSnapshotName"] = snapshot
    return Step("delete_relational_database", arguments, settled=is_absent, begun=is_in("deleting"))
