"""The queue's table from within a job or a command: jobs are put into it, and a job sees to its own row."""

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.jobs import Job

from primetime.database.queries import load_queries

# Uses the caller's connection, and is never opened; the connector of a worker is asynchronous.
DEFERRING = App(connector=SyncPsycopgConnector())
_QUERIES = load_queries("primetime.jobs")


def same_waits(connection: psycopg.Connection, job: Job) -> bool:
    """Whether the same was asked for while the job ran. Only one may wait: the job could not be put back beside it."""
    return connection.execute(_QUERIES["same_waits"], {"lock": job.queueing_lock}).fetchone() is not None


def forget_attempt(connection: psycopg.Connection, job: Job) -> None:
    """Let the attempt that the job is in not count, as one that only found it has to wait: putting it back adds one."""
    connection.execute(_QUERIES["forget_attempt"], {"id": job.id})
