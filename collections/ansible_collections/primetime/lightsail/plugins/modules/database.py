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
    description:
      - Whether it shall exist, and with V(running) and V(stopped) whether its server shall run. AWS starts a stopped
        database again after seven days.
      - V(rebooted) reboots it each time, but not one that was just created.
    type: str
    choices: [present, absent, running, stopped, rebooted]
    default: present
  blueprint_id:
    description: Engine and major version, such as V(postgres_17). Needed to create.
    type: str
    aliases: [blueprint]
  bundle_id:
    description:
      - Size and price, such as V(micro_2_0), or V(micro_ha_2_0) with a standby in another zone, at twice the price.
      - Needed to create.
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
  parameters:
    description:
      - Parameters of the engine and their values, in the parameter's own unit as the return value C(parameters) of
        M(primetime.lightsail.database_info) shows them. Parameters that aren't named are left as they are.
      - Dynamic ones take effect at once, static ones at the next reboot; see O(reboot) and RV(reboot_needed).
      - A database that this task creates is given all of them and rebooted once, before anybody uses it.
      - Those of a stopped database are not compared.
    type: dict
  reboot:
    description: Whether to reboot the database when parameters wait for it.
    type: bool
    default: false
  restore_snapshot:
    description:
      - Snapshot to create the database from. It has no effect on a database that exists.
      - Database name and master user come with the data. O(bundle_id) may be left out, and must not be smaller.
        O(master_password), where given, becomes the password of the new database.
    type: str
  restore_database:
    description:
      - Database from whose backups to create this one, as it was at O(restore_time). Else as O(restore_snapshot).
      - Lightsail never restores in place. The new database has an endpoint of its own.
    type: str
  restore_time:
    description: With O(restore_database), a time with its zone such as V(2026-11-24T20:00:00Z), or V(latest).
    type: str
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

- name: Count what statements cost, which needs a library from the server's start on
  primetime.lightsail.database:
    name: prime-time-production
    parameters:
      shared_preload_libraries: pg_stat_statements
    reboot: true

- name: A new database as the old one was before the accident
  primetime.lightsail.database:
    name: prime-time-production-2
    restore_database: prime-time-production
    restore_time: "2026-11-24T20:00:00Z"
    wait_timeout: 3600

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
reboot_needed:
  description: Whether parameters still wait for a reboot.
  returned: always
  type: bool
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
    secondary_availability_zone: {description: Zone of the standby; empty without one., type: str}
    engine: {description: Engine., type: str, sample: postgres}
    engine_version: {description: Version., type: str}
    database_name: {description: First database in it., type: str}
    master_username: {description: Master user., type: str}
    endpoint_address: {description: Host name to connect to., type: str}
    endpoint_port: {description: Port to connect to., type: int, sample: 5432}
    backup_retention: {description: Whether backups are kept., type: bool}
    preferred_backup_window: {description: When backups are made., type: str}
    preferred_maintenance_window: {description: When it is maintained., type: str}
    latest_restorable_time: {description: Up to when it can be restored; ISO 8601, type: str}
    parameter_apply_status: {description: Whether parameters wait for a reboot., type: str, sample: in-sync}
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
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, converge, find
from ansible_collections.primetime.lightsail.plugins.module_utils.database_parameters import compare, read_parameters
from ansible_collections.primetime.lightsail.plugins.module_utils.database_plans import plan
from ansible_collections.primetime.lightsail.plugins.module_utils.database_restores import require_source
from ansible_collections.primetime.lightsail.plugins.module_utils.databases import (
    database_view,
    describe_database,
    is_available,
    is_stable,
    waits_for_reboot,
)
from ansible_collections.primetime.lightsail.plugins.module_utils.module import (
    TAG_OPTIONS,
    WAIT_OPTIONS,
    open_client,
    run,
)

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent", "running", "stopped", "rebooted"], "default": "present"},
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
    "parameters": {"type": "dict"},
    "reboot": {"type": "bool", "default": False},
    "restore_snapshot": {"type": "str"},
    "restore_database": {"type": "str"},
    "restore_time": {"type": "str"},
    "skip_final_snapshot": {"type": "bool", "default": False},
    "final_snapshot_name": {"type": "str"},
    **TAG_OPTIONS,
    **WAIT_OPTIONS,
}


def password_differs(client: Any, wanted: Mapping[str, Any]) -> bool:
    """Whether master_password isn't the master user's present password."""
    found = find(client, "get_relational_database_master_user_password", relationalDatabaseName=wanted["name"])
    return found is None or found.get("masterUserPassword") != wanted["master_password"]


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")

    def planned(description: Any) -> Plan:
        rotate = description is not None and wanted["rotate_password"] and password_differs(client, wanted)
        differing = None
        if wanted["parameters"] and wanted["state"] != "absent" and is_available(description):
            differing = compare(read_parameters(client, wanted["name"]), wanted["parameters"])
        result = plan(description, wanted, rotate=rotate, differing=differing)
        created = [step.operation for step in result.steps if step.creates]
        if "create_relational_database_from_snapshot" in created:
            require_source(client, wanted)
        if created and wanted["bundle_id"]:
            require_bundle("bundle_id", wanted["bundle_id"], database_bundles(client))
        if "create_relational_database" in created:
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
    waiting = waits_for_reboot(outcome.description)
    if waiting:
        module.warn(f"parameters of {wanted['name']} wait for a reboot: run the task with reboot: true when it suits")
    return {**outcome.fields(), "reboot_needed": waiting, "database": database_view(outcome.description)}


def main() -> None:
    run(
        ARGUMENT_SPEC,
        body,
        required_if=[("rotate_password", True, ["master_password"])],
        required_together=[("restore_database", "restore_time")],
        mutually_exclusive=[("restore_snapshot", "restore_database")],
    )


if __name__ == "__main__":
    main()
