"""Migrating a real PostgreSQL."""

import threading
from dataclasses import replace

import psycopg
import pytest

from primetime.database.migrations import Migration, applied, migrate, pending, read_migrations
from primetime.errors import DatabaseUnavailable


def test_an_empty_database_gets_every_migration_once(empty_database_url: str) -> None:
    names = [migration.name for migration in read_migrations()]
    with psycopg.connect(empty_database_url) as connection:
        assert pending(connection) == names
        connection.rollback()
        assert migrate(connection) == names
        assert migrate(connection) == []
        assert pending(connection) == []
        assert list(applied(connection)) == names


def test_a_failing_migration_leaves_nothing_of_itself(empty_database_url: str) -> None:
    good = Migration(name="0001_good", text="CREATE TABLE good (x int);")
    bad = Migration(name="0002_bad", text="CREATE TABLE bad (x int); SELECT no_such_column FROM good;")
    with psycopg.connect(empty_database_url) as connection:
        with pytest.raises(DatabaseUnavailable, match=r"0002_bad failed and was rolled back.*no_such_column"):
            migrate(connection, [good, bad])
        assert list(applied(connection)) == ["0001_good"]
        assert connection.execute("SELECT to_regclass('bad')").fetchone() == (None,)
        connection.rollback()
        mended = replace(bad, text="CREATE TABLE bad (x int);")
        assert migrate(connection, [good, mended]) == ["0002_bad"]


def test_a_changed_migration_is_refused(empty_database_url: str) -> None:
    first = Migration(name="0001_first", text="CREATE TABLE first (x int);")
    with psycopg.connect(empty_database_url) as connection:
        migrate(connection, [first])
        with pytest.raises(DatabaseUnavailable, match="0001_first was changed"):
            migrate(connection, [replace(first, text=first.text + " -- later")])


def test_two_releases_migrating_at_once_apply_each_once(empty_database_url: str) -> None:
    results: list[list[str]] = []

    def run() -> None:
        with psycopg.connect(empty_database_url) as connection:
            results.append(migrate(connection))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = [migration.name for migration in read_migrations()]
    assert sorted(results) == [[], [], names]
