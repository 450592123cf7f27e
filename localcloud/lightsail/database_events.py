"""What happened to a database, and what its server logged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.database_records import require_state
from localcloud.lightsail.errors import InvalidInputException
from localcloud.lightsail.records import DatabaseEvent, DatabaseState, RelationalDatabase, now

LOG_STREAM = "postgresql.log"
LOG_LINES = 1000
LONGEST_MINUTES = 20160  # 14 days


def get_events(cloud: Cloud, region: str, members: Members) -> Members:
    minutes = members.get("durationInMinutes", 60)
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise InvalidInputException(f"durationInMinutes is {minutes}", f"give 1 to {LONGEST_MINUTES}")
    database = _find(cloud, region, members)
    since = now() - timedelta(minutes=minutes)
    recent = [event for event in reversed(database.events) if event.created_at >= since]

    def describe(event: DatabaseEvent) -> Members:
        return {
            "resource": database.name,
            "createdAt": event.created_at,
            "message": event.message,
            "eventCategories": event.categories,
        }

    return {"relationalDatabaseEvents": [describe(event) for event in recent]}


def get_log_streams(cloud: Cloud, region: str, members: Members) -> Members:
    _find(cloud, region, members)
    return {"logStreams": [LOG_STREAM]}


def get_log_events(cloud: Cloud, region: str, members: Members) -> Members:
    """The last lines of the server's log; PostgreSQL's are read from the tail alone, as on Lightsail."""
    database = _find(cloud, region, members)
    if members["logStreamName"] != LOG_STREAM:
        raise InvalidInputException(f"There is no log stream {members['logStreamName']}", f"use {LOG_STREAM}")
    if members.get("startFromHead"):
        raise InvalidInputException("startFromHead is not offered for PostgreSQL", "leave it out")
    require_state(database, "asked for its log", *(set(DatabaseState) - {DatabaseState.CREATING}))
    first = datetime.fromtimestamp(members.get("startTime", 0), UTC)
    last = datetime.fromtimestamp(members["endTime"], UTC) if "endTime" in members else now()
    events = [_event(line) for line in cloud.servers.log_lines(database, LOG_LINES)]
    return {"resourceLogEvents": [event for event in events if first <= event["createdAt"] <= last]}


def _event(line: str) -> Members:
    time, _, message = line.partition(" ")
    # Docker gives nanoseconds, datetime takes microseconds.
    return {"createdAt": datetime.fromisoformat(time[:26].rstrip("Z") + "+00:00"), "message": message}


def _find(cloud: Cloud, region: str, members: Members) -> RelationalDatabase:
    with cloud.store.reading() as account:
        return c.find_database(account, region, members["relationalDatabaseName"]).model_copy(deep=True)


OPERATIONS: dict[str, c.Handler] = {
    "GetRelationalDatabaseEvents": get_events,
    "GetRelationalDatabaseLogStreams": get_log_streams,
    "GetRelationalDatabaseLogEvents": get_log_events,
}
