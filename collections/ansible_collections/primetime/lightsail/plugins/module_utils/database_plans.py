# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What differs between a Lightsail database and the one that is wanted, and the calls that end the difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .convergence import Plan
from .database_parameters import Difference, parameters_step, plain
from .database_steps import creation_steps, deletion_step, reboot_step, start_step, stop_step, update_step
from .databases import CHANGEABLE, FIXED_AT_CREATION, comparable, is_stopped, waits_for_reboot, with_plain_windows
from .errors import RefusedError
from .tags import tag_steps, wanted_tags


def plan(
    description: Any, wanted: Mapping[str, Any], *, rotate: bool = False, differing: Difference | None = None
) -> Plan:
    """The calls that make the database as wanted.

    Args:
        description: Lightsail's RelationalDatabase structure, or None.
        wanted: the module's options.
        rotate: whether rotate_password is asked for and master_password isn't the present one.
        differing: the parameters that differ from those of a database that exists.

    Raises:
        RefusedError: it differs in what can't be changed in place, or it can't be created or deleted so.
    """
    name, before = wanted["name"], comparable(description)
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else (deletion_step(wanted),))
    options = {key: wanted[key] for key in (*FIXED_AT_CREATION, *CHANGEABLE) if wanted.get(key) is not None}
    options = with_plain_windows(options)
    if description is None:
        made = {**options, "tags": wanted_tags({}, wanted.get("tags"), purge=False)}
        if wanted.get("parameters"):
            made["parameters"] = {key: plain(value) for key, value in wanted["parameters"].items()}
        return Plan(before, made, creation_steps(wanted))
    if differs := {key: options[key] for key in FIXED_AT_CREATION if key in options and options[key] != before[key]}:
        told = ", ".join(f"{key} is {before[key]}, wanted {value}" for key, value in differs.items())
        raise RefusedError(
            f"database {name}: {told}. Lightsail can't change this in place: set the option back, or restore a "
            "snapshot of it into a new database with the bundle wanted, and point the application there"
        )
    changes = {key: options[key] for key in CHANGEABLE if key in options and options[key] != before[key]}
    password = wanted.get("master_password") if rotate else None
    return changes_in_place(description, wanted, changes, password, differing or Difference())


def changes_in_place(
    description: Any,
    wanted: Mapping[str, Any],
    changes: Mapping[str, Any],
    password: str | None,
    differing: Difference,
) -> Plan:
    """The calls for what Lightsail can change of a database that stays, from its settings to whether it runs.

    Args:
        description: Lightsail's RelationalDatabase structure.
        wanted: the module's options.
        changes: the settings that differ, with the wanted values.
        password: the master user's new one; None where it stays.
        differing: the parameters that differ.
    """
    name, before = wanted["name"], comparable(description)
    tags = wanted_tags(before["tags"], wanted.get("tags"), wanted.get("purge_tags", False))
    stopped = is_stopped(description)
    steps = [start_step(name)] if stopped and wanted["state"] in ("running", "rebooted") else []
    if changes or password:
        steps.append(update_step(name, changes, password=password))
    if differing.after:
        steps.append(parameters_step(name, differing.after, differing.static))
    steps.extend(tag_steps(name, before["tags"], tags))
    waiting = bool(differing.static) or (waits_for_reboot(description) and not stopped)
    if (wanted["state"] == "rebooted" and not stopped) or (wanted.get("reboot") and waiting):
        steps.append(reboot_step(name))
    if wanted["state"] == "stopped" and not stopped:
        steps.append(stop_step(name))
    after = {**before, **changes, "tags": tags}
    if password:
        after["master_password"] = "set anew"  # noqa: S105 (a remark for the diff)
    if differing.after:
        before, after = {**before, "parameters": differing.before}, {**after, "parameters": differing.after}
    return Plan(before, after, tuple(steps))
