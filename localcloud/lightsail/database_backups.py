"""Automatic backups: a base backup a day, archived WAL in between, seven days of both."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from localcloud.lightsail import database_servers
from localcloud.lightsail.cloud import Cloud
from localcloud.lightsail.database_records import changing, current, note
from localcloud.lightsail.errors import InvalidInputException
from localcloud.lightsail.records import BaseBackup, DatabaseState, RelationalDatabase, RestoreSource, now

log = structlog.get_logger(__name__)

KEPT = timedelta(days=7)  # as Lightsail keeps them
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def follow(cloud: Cloud, database: RelationalDatabase) -> None:
    """Begin backups where retention is on and there are none; delete them where it is off."""
    found = current(cloud, database)
    if found is None or found.backup_retention == bool(found.base_backups):
        return
    if found.backup_retention:
        with changing(cloud, found) as record:
            record.state = DatabaseState.BACKING_UP
        take_base(cloud, found)
        archive(cloud, found)
        return
    cloud.servers.backup(found, "end")
    with changing(cloud, found) as record:
        record.base_backups, record.latest_restorable_time = [], None
        note(record, "Disabled automated backups", "configuration change")


def take_base(cloud: Cloud, database: RelationalDatabase) -> None:
    """Take a base backup, then forget what is older than it need be."""
    label = now().strftime("%Y%m%dT%H%M%S.%fZ")
    cloud.servers.backup(database, "base", label)
    taken = BaseBackup(label=label, finished_at=now())
    kept = _still_needed([*database.base_backups, taken], taken.finished_at)
    cloud.servers.backup(database, "prune", kept[0].label)
    with changing(cloud, database) as record:
        record.base_backups = kept
        note(record, "Finished DB Instance backup", "backup")


def _still_needed(backups: list[BaseBackup], time: datetime) -> list[BaseBackup]:
    """Those from which some time of the last seven days is restored; oldest first."""
    old = [backup for backup in backups if backup.finished_at <= time - KEPT]
    return [*old[-1:], *backups[len(old) :]]


def archive(cloud: Cloud, database: RelationalDatabase) -> None:
    """Archive what the server has written, and note the time up to which it can be restored."""
    found = current(cloud, database)
    if found is None or not found.base_backups:
        return
    time = datetime.fromisoformat(cloud.servers.backup(found, "archive"))
    with changing(cloud, found) as record:
        record.latest_restorable_time = time


def restore_source(database: RelationalDatabase, time: datetime | None) -> RestoreSource:
    """What a database is restored from to that time, or without one to the latest.

    Raises:
        InvalidInputException: the backups do not reach there.
    """
    latest = database.latest_restorable_time
    if latest is None:
        raise InvalidInputException(
            f"{database.name} has no backups to restore from", "turn its backup retention on, or use a snapshot"
        )
    target = time or latest
    bases = [backup for backup in database.base_backups if backup.finished_at <= target]
    if not bases or target > latest:
        first = database.base_backups[0].finished_at
        raise InvalidInputException(
            f"{database.name} cannot be restored to {_text(target)}: its backups reach from {_text(first)} "
            f"to {_text(latest)}",
        )
    folder = database_servers.backups_folder(database)
    return RestoreSource(base=f"{folder}/base/{bases[-1].label}", wal=f"{folder}/wal", target=target)


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def last_opening(window: str, time: datetime) -> datetime:
    """When a daily window such as 03:00-03:30 or a weekly one such as Mon:04:00-Mon:04:30 last opened."""
    *day, hour, minute = window.split("-")[0].lower().split(":")
    opening = time.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    if day:
        opening -= timedelta(days=(time.weekday() - DAYS.index(day[0])) % 7)
    period = timedelta(days=7 if day else 1)
    return opening if opening <= time else opening - period


def is_open(window: str, time: datetime) -> bool:
    """Whether a weekly window such as Mon:04:00-Mon:04:30 is open."""
    opening = last_opening(window, time)
    # The first closing after the opening.
    closing = last_opening(window.split("-")[1], opening) + timedelta(days=7)
    return opening <= time < closing


class Schedule:
    """What is done by the clock for every available database."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._underway: dict[str, Future[None]] = {}

    def tick(self, time: datetime) -> None:
        """Submit what is due; a database whose last round is not over is left out."""
        account = self._cloud.store.snapshot()
        for database in account.relational_databases:
            last = self._underway.get(database.id)
            if database.state is DatabaseState.AVAILABLE and (last is None or last.done()):
                self._underway[database.id] = self._cloud.work.submit(
                    database.arn, partial(self._round, database, time)
                )

    def _round(self, database: RelationalDatabase, time: datetime) -> None:
        found = current(self._cloud, database)
        if found is None or found.state is not DatabaseState.AVAILABLE:
            return
        if found.pending_backup_retention is not None and is_open(found.maintenance_window, time):
            with changing(self._cloud, found) as record:
                record.backup_retention, record.pending_backup_retention = found.pending_backup_retention, None
            follow(self._cloud, found)
            with changing(self._cloud, found) as record:
                record.state = DatabaseState.AVAILABLE
            return
        if found.base_backups and found.base_backups[-1].finished_at < last_opening(found.backup_window, time):
            take_base(self._cloud, found)
        archive(self._cloud, found)


def start(cloud: Cloud) -> None:
    """Keep the schedule in a thread of its own for as long as this process lives."""
    schedule = Schedule(cloud)

    def run() -> None:
        pause = threading.Event()
        while not pause.wait(cloud.settings.archive_seconds):
            schedule.tick(now())

    threading.Thread(target=run, name="backups", daemon=True).start()
