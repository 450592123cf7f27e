#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: database
short_description: Create, change and delete a managed Lightsail database
version_added: 0.1.0
description:
  - Makes sure that a managed database exists with the settings given, or is gone.
  - What Lightsail can't change in place (bundle, blueprint, zone, database name, master user) is compared too. A
    difference fails the task and says what to do; this module never replaces a database.
author: Prime Time contributors (@prime-time)
options:
  name:
    description: Name of the database resource.
    type: str
    required: true
  state:
    description: Whether it shall exist.
    type: str
    choices: [present, absent]
    default: present
  blueprint_id:
    description: Engine and major version, such as V(postgres_17). Needed to create.
    type: str
    aliases: [blueprint]
  bundle_id:
    description: Size and price, such as V(micro_2_0). Needed to create.
    type: str
    aliases: [bundle]
  availability_zone:
    description: Zone, such as V(eu-central-1a). Without it, Lightsail chooses.
    type: str
  database_name:
    description: Name of the first database in it. Needed to create.
    type: str
  master_username:
    description: The master user. Needed to create.
    type: str
  master_password:
    description:
      - The master user's password. Needed to create.
      - On a database that exists it is compared and set only with O(rotate_password).
    type: str
  rotate_password:
    description:
      - Whether to make O(master_password) the password of a database that exists.
      - The present one is read with C(GetRelationalDatabaseMasterUserPassword), and nothing is changed if it is the
        same.
    type: bool
    default: false
  backup_retention:
    description:
      - Whether Lightsail keeps automatic backups for point-in-time restore.
      - Turning it off deletes the backups that there are.
    type: bool
  preferred_backup_window:
    description: Daily, in UTC, C(hh:mm-hh:mm), at least 30 minutes.
    type: str
  preferred_maintenance_window:
    description: Weekly, in UTC, C(ddd:hh:mm-ddd:hh:mm), at least 30 minutes.
    type: str
  publicly_accessible:
    description: Whether it can be reached from outside of the account's Lightsail resources in its region.
    type: bool
  skip_final_snapshot:
    description: With O(state=absent), whether to delete it without a last snapshot.
    type: bool
    default: false
  final_snapshot_name:
    description: With O(state=absent), name of the last snapshot.
    type: str
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.tags
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: A small PostgreSQL
  primetime.lightsail.database:
    name: prime-time-production
    blueprint_id: postgres_17
    bundle_id: micro_2_0
    availability_zone: eu-central-1a
    database_name: prime_time_db
    master_username: primetime
    master_password: "{{ database_password }}"
    backup_retention: true
    publicly_accessible: false
    wait_timeout: 1800
  register: database

- name: Delete it, with a last snapshot
  primetime.lightsail.database:
    name: prime-time-production
    state: absent
    final_snapshot_name: prime-time-production-final
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_relational_database, update_relational_database]
database:
  description: The database as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
    state: {description: Its state., type: str, sample: available}
    blueprint_id: {description: Engine and major version., type: str, sample: postgres_17}
    bundle_id: {description: Size., type: str, sample: micro_2_0}
    availability_zone: {description: Zone., type: str}
    engine: {description: Engine., type: str, sample: postgres}
    engine_version: {description: Version., type: str}
    database_name: {description: First database in it., type: str}
    master_username: {description: Master user., type: str}
    endpoint_address: {description: Host name to connect to., type: str}
    endpoint_port: {description: Port to connect to., type: int, sample: 5432}
    backup_retention: {description: Whether backups are kept., type: bool}
    preferred_backup_window: {description: When backups are made., type: str}
    preferred_maintenance_window: {description: When it is maintained., type: str}
    publicly_accessible: {description: Whether it is public., type: bool}
    ca_certificate_identifier: {description: Authority of its certificate., type: str, sample: rds-ca-rsa2048-g1}
    tags: {description: Tags., type: dict}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.catalogue import (
    database_blueprints,
    database_bundles,
    require_blueprint,
    require_bundle,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge, find
from ansible_collections.primetime.lightsail.plugins.module_utils.databases import database_view, describe_database
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.tags import tag_steps, to_wire, wanted_tags

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "blueprint_id": {"type": "str", "aliases": ["blueprint"]},
    "bundle_id": {"type": "str", "aliases": ["bundle"]},
    "availability_zone": {"type": "str"},
    "database_name": {"type": "str"},
    "master_username": {"type": "str"},
    "master_password": {"type": "str", "no_log": True},
    "rotate_password": {"type": "bool", "default": False, "no_log": False},
    "backup_retention": {"type": "bool"},
    "preferred_backup_window": {"type": "str"},
    "preferred_maintenance_window": {"type": "str"},
    "publicly_accessible": {"type": "bool"},
    "skip_final_snapshot": {"type": "bool", "default": False},
    "final_snapshot_name": {"type": "str"},
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}

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
NEEDED_TO_CREATE = ("blueprint_id", "bundle_id", "database_name", "master_username", "master_password")
FIXED_AT_CREATION = ("blueprint_id", "bundle_id", "availability_zone", "database_name", "master_username")
CHANGEABLE = ("backup_retention", "preferred_backup_window", "preferred_maintenance_window", "publicly_accessible")
WINDOWS = ("preferred_backup_window", "preferred_maintenance_window")
# States from which Lightsail takes orders.
RESTING = ("available", "stopped", "failed", "storage-full", "incompatible-parameters")


def is_available(description: Any) -> bool:
    """Whether it can be used, with an endpoint to connect to."""
    return (
        description is not None
        and description.get("state") == "available"
        and bool((description.get("masterEndpoint") or {}).get("address"))
    )


def is_absent(description: Any) -> bool:
    return description is None


def is_stable(description: Any) -> bool:
    return description is None or description.get("state") in RESTING


def with_plain_windows(options: dict[str, Any]) -> dict[str, Any]:
    """The options with windows in lower case, as Lightsail gives them back whatever their case was."""
    plain = {key: options[key].lower() for key in WINDOWS if options.get(key)}
    return {**options, **plain}


def comparable(description: Any) -> dict[str, Any]:
    """What the module compares and shows in its diff."""
    view = database_view(description)
    return with_plain_windows({key: view[key] for key in (*FIXED_AT_CREATION, *CHANGEABLE, "tags")}) if view else {}


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

    return Step("update_relational_database", arguments, settled=settled)


def creation_steps(wanted: Mapping[str, Any]) -> tuple[Step, ...]:
    """The calls that create the database.

    Raises:
        RefusedError: an option that creation needs isn't given.
    """
    name = wanted["name"]
    if missing := [option for option in NEEDED_TO_CREATE if not wanted.get(option)]:
        raise RefusedError(f"database {name} doesn't exist, and to create it these are missing: {', '.join(missing)}")
    given = {member: wanted[option] for option, member in CREATION_MEMBERS.items() if wanted.get(option) is not None}
    arguments = {"relationalDatabaseName": name, **given}
    if wanted.get("tags"):
        arguments["tags"] = to_wire(wanted["tags"])
    create = Step("create_relational_database", arguments, settled=is_available)
    if wanted.get("backup_retention") is False:
        # Creation has no member for it, and Lightsail turns it on.
        return create, update_step(name, {"backup_retention": False})
    return (create,)


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
    return Step("delete_relational_database", arguments, settled=is_absent)


def plan(description: Any, wanted: Mapping[str, Any], *, rotate: bool = False) -> Plan:
    """The calls that make the database as wanted.

    Args:
        description: Lightsail's RelationalDatabase structure, or None.
        wanted: the module's options.
        rotate: whether rotate_password is asked for and master_password isn't the present one.

    Raises:
        RefusedError: it differs in what can't be changed in place, or it can't be created or deleted so.
    """
    name, before = wanted["name"], comparable(description)
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else (deletion_step(wanted),))
    options = {key: wanted[key] for key in (*FIXED_AT_CREATION, *CHANGEABLE) if wanted.get(key) is not None}
    options = with_plain_windows(options)
    tags = wanted_tags(before.get("tags", {}), wanted.get("tags"), wanted.get("purge_tags", False))
    if description is None:
        return Plan(before, {**options, "tags": tags}, creation_steps(wanted))
    if differs := {key: options[key] for key in FIXED_AT_CREATION if key in options and options[key] != before[key]}:
        told = ", ".join(f"{key} is {before[key]}, wanted {value}" for key, value in differs.items())
        raise RefusedError(
            f"database {name}: {told}. Lightsail can't change this in place: set the option back, or restore a "
            "snapshot of it into a new database with the bundle wanted, and point the application there"
        )
    changes = {key: options[key] for key in CHANGEABLE if key in options and options[key] != before[key]}
    password = wanted.get("master_password") if rotate else None
    steps = [update_step(name, changes, password=password)] if changes or password else []
    steps.extend(tag_steps(name, before["tags"], tags))
    after = {**before, **changes, "tags": tags}
    if password:
        after["master_password"] = "set anew"  # noqa: S105 (a remark for the diff)
    return Plan(before, after, tuple(steps))


def password_differs(client: Any, wanted: Mapping[str, Any]) -> bool:
    """Whether master_password isn't the master user's present password."""
    found = find(client, "get_relational_database_master_user_password", relationalDatabaseName=wanted["name"])
    return found is None or found.get("masterUserPassword") != wanted["master_password"]


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")

    def planned(description: Any) -> Plan:
        rotate = description is not None and wanted["rotate_password"] and password_differs(client, wanted)
        result = plan(description, wanted, rotate=rotate)
        if any(step.operation == "create_relational_database" for step in result.steps):
            require_bundle("bundle_id", wanted["bundle_id"], database_bundles(client))
            require_blueprint("blueprint_id", wanted["blueprint_id"], database_blueprints(client))
        return result

    outcome = converge(
        module,
        client,
        f"database {wanted['name']}",
        lambda: describe_database(client, wanted["name"]),
        planned,
        stable=is_stable,
    )
    return {**outcome.fields(), "database": database_view(outcome.description)}


def main() -> None:
    run(ARGUMENT_SPEC, body, required_if=[("rotate_password", True, ["master_password"])])


if __name__ == "__main__":
    main()
