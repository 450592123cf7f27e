"""Putting jobs into the queue's table from within a job or a command."""

from procrastinate import App, SyncPsycopgConnector

# Uses the caller's connection, and is never opened; the connector of a worker is asynchronous.
DEFERRING = App(connector=SyncPsycopgConnector())
