"""Managed databases with real PostgreSQL: parameters, snapshots, point-in-time restore, stop and start."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import boto3
import docker
import psycopg
import pytest
from botocore.exceptions import ClientError

REPOSITORY = Path(__file__).resolve().parents[3]
NAME = "test-databases"
PORT, EDGE_PORT = 24666, 28180
# No name server outside the local cloud's network knows an endpoint's name: each is reached by its address.


class LocalCloud:
    def __init__(self, state):
        self.state = state
        self.environment = os.environ | {
            "LOCALCLOUD_NAME": NAME,
            "LOCALCLOUD_PORT": str(PORT),
            "LOCALCLOUD_EDGE_PORT": str(EDGE_PORT),
            "LOCALCLOUD_SUBNET": "10.143.0.0/16",
            "LOCALCLOUD_STATE": str(state),
            "LOCALCLOUD_ARCHIVE_SECONDS": "1",
        }
        self.lightsail = boto3.client(
            "lightsail",
            endpoint_url=f"http://127.0.0.1:{PORT}",
            region_name="eu-central-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def run(self, *arguments):
        command = [sys.executable, "-m", "localcloud.cli", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, check=True, capture_output=True, text=True, timeout=1200
        )

    def database(self, name="db"):
        return self.lightsail.get_relational_database(relationalDatabaseName=name)["relationalDatabase"]

    def ended_operation(self, name):
        """The resource's last operation, once it has ended: the resource's state tells of that a moment earlier."""

        def ended():
            operation = self.lightsail.get_operations_for_resource(resourceName=name)["operations"][0]
            return None if operation["status"] == "Started" else operation

        return until(ended)

    def until_state(self, name="db", wanted="available"):
        def reached():
            found = self.database(name)
            assert found["state"] not in {"failed", "incompatible-parameters"} - {wanted}
            return found if found["state"] == wanted else None

        return until(reached)

    def until_snapshot(self, name):
        def taken():
            reply = self.lightsail.get_relational_database_snapshot(relationalDatabaseSnapshotName=name)
            assert reply["relationalDatabaseSnapshot"]["state"] in ("creating", "available")
            return reply["relationalDatabaseSnapshot"]["state"] == "available"

        until(taken)

    def until_gone(self, name):
        def gone():
            return name not in [one["name"] for one in self.lightsail.get_relational_databases()["relationalDatabases"]]

        until(gone)

    def connect(self, name="db"):
        found = self.database(name)
        password = self.lightsail.get_relational_database_master_user_password(relationalDatabaseName=name)
        addresses = json.loads(self.run("status", "--json").stdout)["databases"]
        return psycopg.connect(
            host=found["masterEndpoint"]["address"],
            hostaddr=next(one["address"] for one in addresses if one["name"] == name),
            dbname="prime_time_db",
            user="primetime",
            password=password["masterUserPassword"],
            sslmode="verify-full",
            sslrootcert=str(self.state / "ca.pem"),
            connect_timeout=3,
            autocommit=True,
        )

    def parameter(self, name):
        pages = self.lightsail.get_paginator("get_relational_database_parameters").paginate(relationalDatabaseName="db")
        return next(one for page in pages for one in page["parameters"] if one["parameterName"] == name)

    def module(self, *, check=False, fails=False, **options):
        """Run the collection's module; its result and the changing calls that it made."""
        log = self.state / "calls.jsonl"
        before = len(log.read_text().splitlines())
        environment = self.environment | {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{PORT}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "eu-central-1",
            "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        }
        task = {"primetime.lightsail.database": options}
        variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        playbook = self.state / "playbook.yml"
        playbook.write_text(
            json.dumps([{"hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": [task]}])
        )
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "--diff", "-i", "localhost,", str(playbook)]
        run = subprocess.run(
            command + (["--check"] if check else []),
            env=environment,
            cwd=REPOSITORY,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert (run.returncode != 0) == fails, run.stdout + run.stderr
        report = json.loads(run.stdout[run.stdout.index("{") : run.stdout.rindex("}") + 1])
        calls = [json.loads(line) for line in log.read_text().splitlines()[before:]]
        return report["plays"][0]["tasks"][0]["hosts"]["localhost"], [
            call["operation"] for call in calls if call["mutating"]
        ]

    def set_parameters(self, **values):
        methods = {"shared_preload_libraries": "pending-reboot", "max_connections": "pending-reboot"}
        self.lightsail.update_relational_database_parameters(
            relationalDatabaseName="db",
            parameters=[
                {"parameterName": key, "parameterValue": value, "applyMethod": methods.get(key, "immediate")}
                for key, value in values.items()
            ],
        )


def until(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    """A local cloud with one public database, db, which has a table with one row."""
    running = LocalCloud(tmp_path_factory.mktemp("localcloud") / "state")
    running.run("reset")
    running.run("up")
    running.lightsail.create_relational_database(
        relationalDatabaseName="db",
        relationalDatabaseBlueprintId="postgres_17",
        relationalDatabaseBundleId="micro_2_0",
        masterDatabaseName="prime_time_db",
        masterUsername="primetime",
        publiclyAccessible=True,
    )
    running.until_state()
    with running.connect() as connection:
        connection.execute("CREATE TABLE notes (text text)")
        connection.execute("INSERT INTO notes VALUES ('first')")
    yield running
    running.run("reset")


def notes(connection):
    return [text for (text,) in connection.execute("SELECT text FROM notes ORDER BY text")]


def whole_seconds_later():
    """Now, on a second's boundary that has passed: the API gives times in whole seconds."""
    boundary = int(time.time()) + 1
    until(lambda: time.time() > boundary + 0.05)
    return datetime.fromtimestamp(boundary, UTC)


def test_deleted_rows_are_there_again_in_a_database_restored_to_the_time_before(cloud):
    with cloud.connect() as connection:
        connection.execute("INSERT INTO notes VALUES ('second')")
        before = whole_seconds_later()
        connection.execute("DELETE FROM notes")
        connection.execute("INSERT INTO notes VALUES ('after')")
    until(lambda: cloud.database()["latestRestorableTime"] > before)
    cloud.lightsail.create_relational_database_from_snapshot(
        relationalDatabaseName="restored",
        sourceRelationalDatabaseName="db",
        restoreTime=before,
        relationalDatabaseBundleId="small_2_0",
        publiclyAccessible=True,
    )
    restored = cloud.until_state("restored")
    assert restored["hardware"]["diskSizeInGb"] == 80
    assert restored["masterEndpoint"] != cloud.database()["masterEndpoint"]
    with cloud.connect("restored") as connection:
        assert notes(connection) == ["first", "second"]
        assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        connection.execute("INSERT INTO notes VALUES ('written after the restore')")
    with cloud.connect() as connection:
        assert notes(connection) == ["after"]


def test_a_restored_database_has_backups_of_its_own(cloud):
    with cloud.connect("restored") as connection:
        before = whole_seconds_later()
        connection.execute("DROP TABLE notes")
    until(lambda: cloud.database("restored")["latestRestorableTime"] > before)
    cloud.lightsail.create_relational_database_from_snapshot(
        relationalDatabaseName="again",
        sourceRelationalDatabaseName="restored",
        useLatestRestorableTime=False,
        restoreTime=before,
        publiclyAccessible=True,
    )
    cloud.until_state("again")
    with cloud.connect("again") as connection:
        assert notes(connection) == ["first", "second", "written after the restore"]
    cloud.lightsail.delete_relational_database(relationalDatabaseName="again", skipFinalSnapshot=True)
    cloud.until_gone("again")


def test_a_final_snapshot_outlives_its_database_and_everything_else_of_it_is_gone(cloud):
    engine = docker.from_env()
    folder = cloud.database("restored")["arn"].rpartition("/")[2]
    kept = f"localcloud-{NAME}-db"
    cloud.lightsail.delete_relational_database(
        relationalDatabaseName="restored", finalRelationalDatabaseSnapshotName="restored-final"
    )
    cloud.until_gone("restored")
    names = [container.name for container in engine.containers.list(all=True, filters={"name": NAME})]
    assert names == [kept]
    assert f"localcloud-{NAME}-restored-data" not in [volume.name for volume in engine.volumes.list()]
    left = engine.containers.get(kept).exec_run(["ls", "/backups/databases"]).output.decode()
    assert folder not in left
    with pytest.raises(ClientError, match="smaller than the source's 80 GB"):
        cloud.lightsail.create_relational_database_from_snapshot(
            relationalDatabaseName="small",
            relationalDatabaseSnapshotName="restored-final",
            relationalDatabaseBundleId="micro_2_0",
        )
    cloud.lightsail.delete_relational_database_snapshot(relationalDatabaseSnapshotName="restored-final")
    until(lambda: not cloud.lightsail.get_relational_database_snapshots()["relationalDatabaseSnapshots"])


def test_a_database_from_a_snapshot_has_the_data_of_then(cloud):
    with cloud.connect() as connection:
        connection.execute("INSERT INTO notes VALUES ('in the snapshot')")
    cloud.lightsail.create_relational_database_snapshot(
        relationalDatabaseName="db", relationalDatabaseSnapshotName="db-snapshot"
    )
    cloud.until_snapshot("db-snapshot")
    cloud.until_state()
    with cloud.connect() as connection:
        connection.execute("INSERT INTO notes VALUES ('later')")
    cloud.lightsail.create_relational_database_from_snapshot(
        relationalDatabaseName="copy", relationalDatabaseSnapshotName="db-snapshot", publiclyAccessible=True
    )
    cloud.until_state("copy")
    with cloud.connect("copy") as connection:
        assert notes(connection) == ["after", "in the snapshot"]
    cloud.lightsail.delete_relational_database(relationalDatabaseName="copy", skipFinalSnapshot=True)
    cloud.until_gone("copy")


def test_a_dynamic_parameter_takes_effect_at_once_and_a_static_one_at_the_reboot(cloud):
    assert cloud.parameter("work_mem") | {"description": ""} == {
        "parameterName": "work_mem",
        "parameterValue": "4096",
        "description": "",
        "dataType": "integer",
        "allowedValues": "64-2147483647",
        "applyType": "dynamic",
        "applyMethod": "immediate",
        "isModifiable": True,
    }
    cloud.set_parameters(work_mem="8192", shared_preload_libraries="pg_stat_statements")
    with cloud.connect() as connection:
        until(lambda: connection.execute("SHOW work_mem").fetchone() == ("8MB",))
        assert connection.execute("SHOW shared_preload_libraries").fetchone() == ("",)
    pending = cloud.parameter("shared_preload_libraries")
    assert (pending["parameterValue"], pending["applyMethod"]) == ("pg_stat_statements", "pending-reboot")
    assert cloud.database()["parameterApplyStatus"] == "pending-reboot"
    cloud.lightsail.reboot_relational_database(relationalDatabaseName="db")
    cloud.until_state()
    assert cloud.database()["parameterApplyStatus"] == "in-sync"
    with cloud.connect() as connection:
        assert connection.execute("SHOW shared_preload_libraries").fetchone() == ("pg_stat_statements",)
        connection.execute("CREATE EXTENSION pg_stat_statements")
        assert connection.execute("SELECT count(*) > 0 FROM pg_stat_statements").fetchone() == (True,)


def test_parameters_that_the_server_cannot_start_with_are_told_and_can_be_set_right(cloud):
    cloud.set_parameters(max_connections="3")  # fewer than it reserves for its own operator
    cloud.lightsail.reboot_relational_database(relationalDatabaseName="db")
    cloud.until_state(wanted="incompatible-parameters")
    failed = cloud.ended_operation("db")
    assert (failed["status"], failed["operationType"]) == ("Failed", "RebootRelationalDatabase")
    assert "max_connections" in failed["errorDetails"]
    cloud.set_parameters(max_connections="50")
    cloud.lightsail.reboot_relational_database(relationalDatabaseName="db")
    cloud.until_state()
    with cloud.connect() as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("50",)


def test_retention_off_deletes_the_backups_and_on_begins_anew(cloud):
    def files():
        container = docker.from_env().containers.get(f"localcloud-{NAME}-db")
        return container.exec_run(["find", "/backups/databases", "-type", "f"]).output.decode().split()

    def retain(**members):
        cloud.lightsail.update_relational_database(relationalDatabaseName="db", applyImmediately=True, **members)
        cloud.until_state()

    assert files()
    first = cloud.database()["latestRestorableTime"]
    retain(disableBackupRetention=True)
    assert files() == []
    assert "latestRestorableTime" not in cloud.database()
    retain(enableBackupRetention=True)
    assert files()
    with pytest.raises(ClientError, match="its backups reach from"):
        cloud.lightsail.create_relational_database_from_snapshot(
            relationalDatabaseName="early", sourceRelationalDatabaseName="db", restoreTime=first
        )


def test_stopped_nobody_gets_in_and_a_restart_of_the_local_cloud_changes_nothing(cloud):
    cloud.lightsail.stop_relational_database(relationalDatabaseName="db")
    cloud.until_state(wanted="stopped")
    with pytest.raises(psycopg.OperationalError):
        cloud.connect()
    cloud.run("down")
    cloud.run("up")
    assert cloud.database()["state"] == "stopped"
    cloud.lightsail.start_relational_database(relationalDatabaseName="db")
    cloud.until_state()
    with cloud.connect() as connection:
        assert notes(connection) == ["after", "in the snapshot", "later"]
        assert connection.execute("SHOW work_mem").fetchone() == ("8MB",)


def test_the_module_sets_what_needs_a_reboot_and_says_so(cloud):
    wanted = {"name": "db", "parameters": {"max_connections": 60, "autovacuum": True, "work_mem": 16384}}
    predicted, calls = cloud.module(**wanted, check=True)
    assert calls == []
    made, calls = cloud.module(**wanted)
    assert calls == ["UpdateRelationalDatabaseParameters"]
    assert (predicted["actions"], predicted["diff"]) == (made["actions"], made["diff"])
    assert made["diff"]["after"]["parameters"] == {"max_connections": "60", "work_mem": "16384"}
    assert made["reboot_needed"] is True
    again, calls = cloud.module(**wanted)
    assert (again["changed"], again["reboot_needed"], calls) == (False, True, [])
    rebooted, calls = cloud.module(**wanted, reboot=True)
    assert (calls, rebooted["reboot_needed"]) == (["RebootRelationalDatabase"], False)
    with cloud.connect() as connection:
        assert connection.execute("SHOW max_connections").fetchone() == ("60",)
        assert connection.execute("SHOW work_mem").fetchone() == ("16MB",)
    assert cloud.module(**wanted, reboot=True)[1] == []
    refused, calls = cloud.module(name="db", parameters={"max_connection": 60}, fails=True)
    assert ("max_connections" in refused["msg"], calls) == (True, [])


def test_the_module_restores_to_a_time_with_the_password_and_parameters_wanted(cloud):
    with cloud.connect() as connection:
        connection.execute("INSERT INTO notes VALUES ('before the accident')")
        before = whole_seconds_later()
        connection.execute("DROP TABLE notes")
    until(lambda: cloud.database()["latestRestorableTime"] > before)
    wanted = {
        "name": "db-2",
        "restore_database": "db",
        "restore_time": before.isoformat(),
        "publicly_accessible": True,
        "master_password": "another-password",
        "parameters": {"shared_preload_libraries": "pg_stat_statements"},
    }
    predicted, calls = cloud.module(**wanted, check=True)
    assert calls == []
    made, calls = cloud.module(**wanted)
    assert calls == [
        "CreateRelationalDatabaseFromSnapshot",
        "UpdateRelationalDatabase",
        "UpdateRelationalDatabaseParameters",
        "RebootRelationalDatabase",
    ]
    assert (predicted["actions"], predicted["diff"]) == (made["actions"], made["diff"])
    assert made["database"]["latest_restorable_time"]
    assert "another-password" not in str(made)
    assert cloud.module(**wanted)[1] == []
    password = cloud.lightsail.get_relational_database_master_user_password(relationalDatabaseName="db-2")
    assert password["masterUserPassword"] == "another-password"
    with cloud.connect("db-2") as connection:
        assert "before the accident" in notes(connection)
        assert connection.execute("SHOW shared_preload_libraries").fetchone() == ("pg_stat_statements",)
    late, calls = cloud.module(name="db-3", restore_database="db", restore_time="2100-01-01T00:00:00Z", fails=True)
    assert ("the latest that db has" in late["msg"], calls) == (True, [])
    assert cloud.module(name="db-2", state="stopped")[1] == ["StopRelationalDatabase"]
    assert cloud.module(name="db-2", state="running")[1] == ["StartRelationalDatabase"]
    gone, calls = cloud.module(name="db-2", state="absent", final_snapshot_name="db-2-final")
    assert (gone["database"], calls) == ({}, ["DeleteRelationalDatabase"])
    _, calls = cloud.module(name="db-2", restore_snapshot="db-2-final", publicly_accessible=True)
    assert calls == ["CreateRelationalDatabaseFromSnapshot"]
    with cloud.connect("db-2") as connection:
        assert "before the accident" in notes(connection)


def test_events_and_the_log_tell_what_happened(cloud):
    events = cloud.lightsail.get_relational_database_events(relationalDatabaseName="db")["relationalDatabaseEvents"]
    told = [event["message"] for event in events]
    assert "Finished DB snapshot db-snapshot" in told
    assert "DB instance stopped" in told
    assert told.index("DB instance restarted") < told.index("DB instance stopped")
    [stream] = cloud.lightsail.get_relational_database_log_streams(relationalDatabaseName="db")["logStreams"]
    log = cloud.lightsail.get_relational_database_log_events(relationalDatabaseName="db", logStreamName=stream)
    assert any("ready to accept connections" in event["message"] for event in log["resourceLogEvents"])
