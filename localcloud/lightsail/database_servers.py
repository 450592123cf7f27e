"""Databases as real PostgreSQL servers: TLS only, data on a volume, a master user who is no superuser."""

from __future__ import annotations

import time
from functools import cache
from typing import cast

import docker
from docker.models.containers import Container
from psycopg import sql

from localcloud import images
from localcloud.certificates import CertificateAuthority
from localcloud.lightsail import catalogue, containers, scram
from localcloud.lightsail.records import PortRange, RelationalDatabase
from localcloud.settings import Settings

PORT = 5432
START_SECONDS = 120
STOP_SECONDS = 30
KIND = "relational-database"
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
        if container is None:
            container = self._create(database)
        if container.status != "running":
            container.start()
        self.apply_network(database)
        _wait_ready(container)
        _ensure_master(container, database)

    def apply_network(self, database: RelationalDatabase) -> None:
        """Public: the port is open to everybody. Not public: to the instances of this local cloud alone."""
        ports = [PortRange(protocol="tcp", from_port=PORT, to_port=PORT)] if database.publicly_accessible else []
        containers.apply_network(
            self._engine,
            self._settings,
            self._engine.containers.get(self.container_name(database)),
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
        _execute(self._engine.containers.get(self.container_name(database)), "postgres", statement)

    def stop(self, database: RelationalDatabase) -> None:
        container = containers.find(self._engine, self.container_name(database))
        if container is not None:
            container.stop(timeout=STOP_SECONDS)

    def remove(self, database: RelationalDatabase) -> None:
        containers.remove(self._engine, self.container_name(database), self._volume(database))

    def _create(self, database: RelationalDatabase) -> Container:
        memory = catalogue.memory_bytes(catalogue.database_bundle(database.bundle_id))
        certificate, key = self._authority.issue(database.endpoint)
        return containers.create(
            self._engine,
            self._settings,
            image=images.POSTGRES.tag,
            name=self.container_name(database),
            address=database.private_address,
            aliases=[database.endpoint],
            volume=self._volume(database),
            mount_point="/var/lib/postgresql",
            files={"/etc/localcloud/server.pem": certificate, "/etc/localcloud/server.key": key},
            label=containers.labels(self._settings, KIND, database),
            mem_limit=memory,
            memswap_limit=memory,
            shm_size=memory // 4,
            environment={"SHARED_BUFFERS": f"{memory // 4 // 1024}kB"},
        )

    def _volume(self, database: RelationalDatabase) -> str:
        return f"{self.container_name(database)}-data"


@cache
def engine_version(engine: docker.DockerClient) -> str:
    """The version of PostgreSQL in the image, such as 17.6."""
    output = engine.containers.run(images.POSTGRES.tag, ["postgres", "--version"], remove=True)
    # "postgres (PostgreSQL) 17.6 (Debian 17.6-0+deb13u1)"
    return output.decode().split()[2]


def _wait_ready(container: Container) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        container.reload()
        if container.status != "running":
            last = container.logs(tail=1).decode(errors="replace").strip()
            raise ServerNotReadyError(f"{container.name} stopped: {last}")
        if container.exec_run(["pg_isready", "--quiet", "--host=/run/postgresql"]).exit_code == 0:
            return
        time.sleep(0.2)
    raise ServerNotReadyError(f"{container.name} did not answer within {START_SECONDS} s")


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


def _query(container: Container, statement: sql.Composed) -> str:
    return _execute(container, "postgres", statement)


def _execute(container: Container, database: str, statement: sql.Composed) -> str:
    """Run a statement as the operator, over the server's own socket; what it prints."""
    command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
    command += ["--host=/run/postgresql", f"--dbname={database}", f"--command={statement.as_string(None)}"]
    code, output = container.exec_run(command, user="postgres")
    # Bytes, since nothing asked for a stream.
    text = cast("bytes", output).decode(errors="replace").strip()
    if code != 0:
        raise ServerNotReadyError(f"{container.name}: {text}")
    return text
