"""Parameters of databases: read from the server, set at once or at the next restart."""

from __future__ import annotations

from functools import partial

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.database_records import changing, current, note, require_state
from localcloud.lightsail.errors import InvalidInputException, does_not_exist
from localcloud.lightsail.records import DatabaseState, RelationalDatabase
from localcloud.lightsail.server_parameters import AT_REBOOT, IMMEDIATE, Parameter


def get(cloud: Cloud, region: str, members: Members) -> Members:
    database = _find(cloud, region, members)
    require_state(database, "asked for its parameters", DatabaseState.AVAILABLE, DatabaseState.BACKING_UP)
    set_values = database.parameters | database.pending_parameters

    def describe(parameter: Parameter) -> Members:
        pending = parameter.name in database.pending_parameters
        return parameter.describe(set_values.get(parameter.name, parameter.value), pending=pending)

    return {"parameters": [describe(parameter) for parameter in cloud.servers.parameters(database).values()]}


def update(cloud: Cloud, region: str, members: Members) -> Members:
    """Set parameters: dynamic ones at once unless pending-reboot is asked for, static ones at the next restart."""
    database = _find(cloud, region, members)
    require_state(database, "given parameters", DatabaseState.AVAILABLE, DatabaseState.INCOMPATIBLE_PARAMETERS)
    wanted = {item.get("parameterName", ""): item for item in members["parameters"]}
    if len(wanted) != len(members["parameters"]) or not wanted:
        raise InvalidInputException("Give one or more parameters, each with a name of its own")
    if database.state is DatabaseState.AVAILABLE:
        known = cloud.servers.parameters(database)
        at_once = [name for name, item in wanted.items() if _is_immediate(known, name, item)]
    else:
        at_once = _check_correction(database, wanted)
    values = {name: item["parameterValue"] for name, item in wanted.items()}
    with cloud.store.changing() as account:
        record = c.find_database(account, region, database.name)
        require_state(record, "given parameters", database.state)
        before = dict(record.parameters)
        waiting = {name: value for name, value in values.items() if name not in at_once}
        kept = {name: value for name, value in record.pending_parameters.items() if name not in at_once}
        record.parameters = record.parameters | {name: values[name] for name in at_once}
        record.pending_parameters = kept | waiting
        operation = c.started(account, record, "UpdateRelationalDatabaseParameters")
    cloud.in_background(record, [operation.id], partial(_apply, cloud, record, at_once, before))
    return {"operations": [operation.describe()]}


def _apply(cloud: Cloud, database: RelationalDatabase, at_once: list[str], before: dict[str, str]) -> None:
    found = current(cloud, database)
    if found is None or not at_once:
        return
    try:
        cloud.servers.reload(found)
    except Exception:
        # The record tells what the server has.
        with changing(cloud, found) as record:
            record.parameters = before
        raise
    with changing(cloud, found) as record:
        note(record, f"Updated parameters: {', '.join(sorted(at_once))}", "configuration change")


def _is_immediate(known: dict[str, Parameter], name: str, item: Members) -> bool:
    if name not in known:
        raise does_not_exist("RelationalDatabaseParameter", name)
    if "parameterValue" not in item:
        raise InvalidInputException(f"The parameter {name} has no parameterValue")
    known[name].check(item["parameterValue"])
    method = item.get("applyMethod", AT_REBOOT if known[name].static else IMMEDIATE)
    if method not in (IMMEDIATE, AT_REBOOT):
        raise InvalidInputException(f"The applyMethod of {name} is {method!r}", f"use {IMMEDIATE} or {AT_REBOOT}")
    if method == IMMEDIATE and known[name].static:
        raise InvalidInputException(
            f"The parameter {name} is static and cannot be applied immediately", f"use the applyMethod {AT_REBOOT}"
        )
    return bool(method == IMMEDIATE)


def _check_correction(database: RelationalDatabase, wanted: dict[str, Members]) -> list[str]:
    """A server that did not start cannot tell its parameters: only what was set before can be set right."""
    for name, item in wanted.items():
        if name not in database.parameters or "parameterValue" not in item:
            raise InvalidInputException(
                f"{database.name} did not start with its parameters, and {name} is none that was set",
                f"set one of {', '.join(sorted(database.parameters))}, then reboot",
            )
    return []


def _find(cloud: Cloud, region: str, members: Members) -> RelationalDatabase:
    with cloud.store.reading() as account:
        return c.find_database(account, region, members["relationalDatabaseName"]).model_copy(deep=True)


OPERATIONS: dict[str, c.Handler] = {
    "GetRelationalDatabaseParameters": get,
    "UpdateRelationalDatabaseParameters": update,
}
