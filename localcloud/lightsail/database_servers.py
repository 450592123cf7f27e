"""Databases as real PostgreSQL servers: TLS only, data on a volume, a master user who is no superuser."""

from __future__ import annotations

import time
from functools import cache
from typing import cast

import docker
import docker.errors
from docker.models.containers import Container
from psycopg import sql

from localcloud import docker_engine, images
from localcloud.certificates import CertificateAuthority
from localcloud.lightsail import catalogue, containers, scram, server_parameters
from localcloud.lightsail.records import (
    PortRange,
    RelationalDatabase,
    RelationalDatabaseSnapshot,
    RestoreSource,
)
from localcloud.lightsail.server_parameters import Parameter
from localcloud.settings import Settings

PORT = 5432
START_SECONDS = 120
RECOVERY_SECONDS = 1800
STOP_SECONDS = 30
KIND = "relational-database"
# One volume for all databases of a local cloud: a restore reads what another database's server has written.
BACKUPS = "/backups"
BLOCK_BYTES = 8192
READY = ["pg_isready", "--quiet", "--host=/run/postgresql", "--dbname=postgres"]
# What RDS gives its master user in place of superuser.
MASTER_ROLE = "rds_superuser"
MASTER_ROLE_HAS = ("pg_monitor", "pg_signal_backend", "pg_checkpoint", "pg_maintain")


class ServerNotReadyError(Exception):
    """The server did not start, or refused a statement."""


class DatabaseServers:
    """The containers of one local cloud's databases."""

    def __init__(self, engine: docker.DockerClient, settings: Settings, authority: CertificateAuthority) -> None:
        self._engine = engine
        self._settings = settings
        self._authority = authority

    def container_name(self, database: RelationalDatabase) -> str:
        return containers.name(self._settings, database)

    def ensure_running(self, database: RelationalDatabase) -> None:
        """Create the server if it is missing, start it, and make sure of roles, database and firewall.

        Raises:
            ServerNotReadyError: the server does not answer in time.
        """
        name = self.container_name(database)
        container = containers.find(self._engine, name)
        if container is not None and container.labels.get(images.RECIPE_LABEL) != images.POSTGRES.recipe:
            # The data is on the volume; another image's server may lack what this program relies on.
            container.stop(timeout=STOP_SECONDS)
            container.remove(v=False)
            container = None
        if container is None:
            container = self._create(database)
        if container.status != "running":
            self._put_parameters(container, database)
            container.start()
        try:
            self.apply_network(database)
        except docker.errors.DockerException:
            # A server that refuses its settings is gone before its network is in order: then that is the news.
            _check_running(container)
            raise
        _wait_ready(container, RECOVERY_SECONDS if database.restored_from else START_SECONDS)
        _ensure_master(container, database)

    def apply_network(self, database: RelationalDatabase) -> None:
        """Public: the port is open to everybody. Not public: to the instances of this local cloud alone."""
        ports = [PortRange(protocol="tcp", from_port=PORT, to_port=PORT)] if database.publicly_accessible else []
        containers.apply_network(
            self._engine,
            self._settings,
            self._container(database),
            private_address=database.private_address,
            public_addresses=[],
            ports=ports,
        )

    def set_password(self, database: RelationalDatabase) -> None:
        """Give the master user the record's password.

        Raises:
            ServerNotReadyError: the server refuses.
        """
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(database.master_username), sql.Literal(scram.verifier(database.password))
        )
        _execute(self._container(database), "postgres", statement)

    def parameters(self, database: RelationalDatabase) -> dict[str, Parameter]:
        """The running server's parameters by name."""
        return server_parameters.parse(_query(self._container(database), sql.SQL(server_parameters.QUERY)))

    def reload(self, database: RelationalDatabase) -> None:
        """Give the running server the record's parameters."""
        container = self._container(database)
        self._put_parameters(container, database)
        _query(container, sql.SQL("SELECT pg_reload_conf()"))

    def backup(self, database: RelationalDatabase, *verb: str) -> str:
        """Run one of the verbs of the image's command `backup`; what it prints.

        Raises:
            ServerNotReadyError: it failed, with its last line.
        """
        container = self._container(database)
        code, output = container.exec_run(["/usr/local/lib/localcloud/backup", *verb], user="postgres")
        text = cast("bytes", output).decode(errors="replace").strip()
        if code != 0:
            raise ServerNotReadyError(f"{container.name}: {text.splitlines()[-1] if text else verb[0]}")
        return text

    def log_lines(self, database: RelationalDatabase, count: int) -> list[str]:
        """The last lines of the server's log, each with its time (RFC 3339) before it."""
        output = self._container(database).logs(tail=count, timestamps=True)
        return output.decode(errors="replace").splitlines()

    def stop(self, database: RelationalDatabase) -> None:
        container = containers.find(self._engine, self.container_name(database))
        if container is not None:
            container.stop(timeout=STOP_SECONDS)

    def remove(self, database: RelationalDatabase) -> None:
        """Remove the server, its data and its backups."""
        containers.remove(self._engine, self.container_name(database), self._volume(database))
        self.remove_backups(backups_folder(database))

    def remove_backups(self, folder: str) -> None:
        """Remove a folder of the backups' volume, of a server that need not run."""
        # Mounted before any server had it, Docker would make it without a label, and `reset` never find it.
        self._engine.volumes.create(self._backups_volume, labels=docker_engine.labels(self._settings))
        self._engine.containers.run(
            images.POSTGRES.tag,
            ["rm", "-rf", folder],
            remove=True,
            labels=docker_engine.labels(self._settings),
            volumes={self._backups_volume: {"bind": BACKUPS, "mode": "rw"}},
        )

    @property
    def _backups_volume(self) -> str:
        return f"{self._settings.network}-database-backups"

    def _container(self, database: RelationalDatabase) -> Container:
        return self._engine.containers.get(self.container_name(database))

    def _put_parameters(self, container: Container, database: RelationalDatabase) -> None:
        # Written whole each time, so that the server never has what its record does not tell.
        text = server_parameters.as_file(database.parameters)
        containers.put(container, {"/etc/postgresql/parameters.conf": text}, mode=0o644)

    def _create(self, database: RelationalDatabase) -> Container:
        memory = catalogue.memory_bytes(catalogue.database_bundle(database.bundle_id))
        certificate, key = self._authority.issue(database.endpoint)
        files = {"/etc/localcloud/server.pem": certificate, "/etc/localcloud/server.key": key}
        if database.restored_from is not None:
            files["/etc/localcloud/restore"] = _restore_file(database.restored_from)
        return containers.create(
            self._engine,
            self._settings,
            image=images.POSTGRES.tag,
            name=self.container_name(database),
            address=database.private_address,
            aliases=[database.endpoint],
            volume=self._volume(database),
            mount_point="/var/lib/postgresql",
            shared_volumes={self._backups_volume: BACKUPS},
            files=files,
            label=containers.labels(self._settings, KIND, database),
            mem_limit=memory,
            memswap_limit=memory,
            shm_size=memory // 4,
            environment={
                "SHARED_BUFFERS": str(memory // 4 // BLOCK_BYTES),
                "BACKUPS": backups_folder(database),
            },
        )

    def _volume(self, database: RelationalDatabase) -> str:
        return f"{self.container_name(database)}-data"


def backups_folder(database: RelationalDatabase) -> str:
    """Where a database's base backups and archived WAL are, on the backups' volume."""
    return f"{BACKUPS}/databases/{database.id}"


def snapshot_folder(snapshot: RelationalDatabaseSnapshot) -> str:
    """Where a snapshot is, on the backups' volume."""
    return f"{BACKUPS}/snapshots/{snapshot.id}"


def _restore_file(source: RestoreSource) -> bytes:
    target = source.target.isoformat(sep=" ", timespec="milliseconds") if source.target else ""
    return f"BASE='{source.base}'\nWAL='{source.wal}'\nTARGET='{target}'\n".encode()


@cache
def engine_version(engine: docker.DockerClient) -> str:
    """The version of PostgreSQL in the image, such as 17.6."""
    output = engine.containers.run(images.POSTGRES.tag, ["postgres", "--version"], remove=True)
    # "postgres (PostgreSQL) 17.6 (Debian 17.6-0+deb13u1)"
    return output.decode().split()[2]


def _wait_ready(container: Container, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        _check_running(container)
        if container.exec_run(READY, user="postgres").exit_code == 0:
            return
        time.sleep(0.2)
    raise ServerNotReadyError(f"{container.name} did not answer within {seconds:g} s")


def _check_running(container: Container) -> None:
    container.reload()
    if container.status != "running":
        raise ServerNotReadyError(f"{container.name} stopped: {_reason(container)}")


def _reason(container: Container) -> str:
    """What the server said last beside its mere log."""
    lines = container.logs(tail=20).decode(errors="replace").strip().splitlines()
    told = [line for line in lines if " LOG: " not in line]
    return (told or lines or ["without a word"])[-1].strip()


def _ensure_master(container: Container, database: RelationalDatabase) -> None:
    """The master user and database, whichever of them is missing."""
    master = sql.Identifier(database.master_username)
    if not _query(container, _exists("pg_roles", "rolname", MASTER_ROLE)):
        granted = sql.SQL(", ").join(map(sql.Identifier, MASTER_ROLE_HAS))
        create = sql.SQL("CREATE ROLE {role} NOLOGIN; GRANT {granted} TO {role} WITH ADMIN OPTION")
        _execute(container, "postgres", create.format(role=sql.Identifier(MASTER_ROLE), granted=granted))
    if not _query(container, _exists("pg_roles", "rolname", database.master_username)):
        create = sql.SQL("CREATE ROLE {master} LOGIN CREATEROLE CREATEDB PASSWORD {password} IN ROLE {role}")
        _execute(
            container,
            "postgres",
            create.format(
                master=master,
                password=sql.Literal(scram.verifier(database.password)),
                role=sql.Identifier(MASTER_ROLE),
            ),
        )
    if not _query(container, _exists("pg_database", "datname", database.master_database)):
        create = sql.SQL("CREATE DATABASE {} OWNER {}")
        _execute(container, "postgres", create.format(sql.Identifier(database.master_database), master))


def _exists(catalog: str, column: str, value: str) -> sql.Composed:
    return sql.SQL("SELECT 1 FROM {} WHERE {} = {}").format(
        sql.Identifier(catalog), sql.Identifier(column), sql.Literal(value)
    )


def _query(container: Container, statement: sql.Composable) -> str:
    return _execute(container, "postgres", statement)


def _execute(container: Container, database: str, statement: sql.Composable) -> str:
    """Run a statement as the operator, over the server's own socket; what it prints."""
    command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
    command += ["--host=/run/postgresql", f"--dbname={database}", f"--command={statement.as_string(None)}"]
    code, output = container.exec_run(command, user="postgres")
    # Bytes, since nothing asked for a stream.
    text = cast("bytes", output).decode(errors="replace").strip()
    if code != 0:
        raise ServerNotReadyError(f"{container.name}: {text}")
    return text
