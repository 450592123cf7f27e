import pytest
from botocore.exceptions import ClientError


def described(lightsail):
    return lightsail.get_relational_database(relationalDatabaseName="db")["relationalDatabase"]


def parameters(lightsail):
    listed = lightsail.get_relational_database_parameters(relationalDatabaseName="db")["parameters"]
    return {parameter["parameterName"]: parameter for parameter in listed}


def give(endpoint, lightsail, name, value, **members):
    wanted = {"parameterName": name, "parameterValue": value, **members}
    lightsail.update_relational_database_parameters(relationalDatabaseName="db", parameters=[wanted])
    endpoint.settle()


def test_what_the_server_has_is_told_in_the_services_terms(lightsail, create_database):
    create_database()
    found = parameters(lightsail)
    assert (found["autovacuum"]["parameterValue"], found["autovacuum"]["allowedValues"]) == ("1", "0,1")
    assert found["wal_compression"]["allowedValues"] == "pglz,lz4,zstd,on,off"
    assert found["work_mem"]["allowedValues"] == "64-2147483647"
    assert (found["work_mem"]["applyType"], found["max_connections"]["applyType"]) == ("dynamic", "static")
    assert found["server_version"]["isModifiable"] is False


def test_an_immediate_one_is_in_effect_and_a_waiting_one_is_not_until_the_reboot(endpoint, lightsail, create_database):
    create_database()
    give(endpoint, lightsail, "work_mem", "8192", applyMethod="immediate")
    assert endpoint.servers.running["db"] == {"work_mem": "8192"}
    assert described(lightsail)["parameterApplyStatus"] == "in-sync"
    give(endpoint, lightsail, "max_connections", "50")
    give(endpoint, lightsail, "autovacuum", "0", applyMethod="pending-reboot")
    assert endpoint.servers.running["db"] == {"work_mem": "8192"}
    assert parameters(lightsail)["autovacuum"]["applyMethod"] == "pending-reboot"
    assert parameters(lightsail)["max_connections"]["parameterValue"] == "50"
    assert described(lightsail)["parameterApplyStatus"] == "pending-reboot"
    lightsail.reboot_relational_database(relationalDatabaseName="db")
    endpoint.settle()
    assert endpoint.servers.running["db"] == {"work_mem": "8192", "max_connections": "50", "autovacuum": "0"}
    assert described(lightsail)["parameterApplyStatus"] == "in-sync"


@pytest.mark.parametrize(
    ("name", "value", "members", "told"),
    [
        ("work_mem", "1", {}, "work_mem is not valid"),
        ("work_mem", "8MB", {}, "work_mem is not valid"),
        ("autovacuum", "on", {}, "autovacuum is not valid"),
        ("wal_compression", "zip", {}, "wal_compression is not valid"),
        ("shared_preload_libraries", "malware", {}, "shared_preload_libraries is not valid"),
        ("server_version", "18", {}, "cannot be modified"),
        ("nothing_like_it", "1", {}, "NotFoundException"),
        ("max_connections", "50", {"applyMethod": "immediate"}, "static"),
        ("work_mem", "8192", {"applyMethod": "soon"}, "applyMethod of work_mem"),
    ],
)
def test_a_value_that_the_server_would_not_take_is_refused(
    endpoint, lightsail, create_database, name, value, members, told
):
    create_database()
    with pytest.raises(ClientError, match=told):
        give(endpoint, lightsail, name, value, **members)
    assert endpoint.servers.running["db"] == {}
    assert described(lightsail)["parameterApplyStatus"] == "in-sync"


def test_a_server_that_does_not_start_with_them_can_be_set_right(endpoint, lightsail, create_database):
    create_database()
    give(endpoint, lightsail, "max_connections", "3")
    endpoint.servers.failure = "max_connections is too small"
    # Stopping fails no less than starting: what is told is the failure, and the state that it leaves.
    stop, endpoint.servers.stop = endpoint.servers.stop, lambda database: endpoint.servers.running.pop(database.name)
    lightsail.reboot_relational_database(relationalDatabaseName="db")
    endpoint.settle()
    endpoint.servers.failure, endpoint.servers.stop = None, stop
    assert described(lightsail)["state"] == "incompatible-parameters"
    with pytest.raises(ClientError, match="none that was set"):
        give(endpoint, lightsail, "work_mem", "8192")
    give(endpoint, lightsail, "max_connections", "50")
    lightsail.reboot_relational_database(relationalDatabaseName="db")
    endpoint.settle()
    assert described(lightsail)["state"] == "available"
    assert endpoint.servers.running["db"] == {"max_connections": "50"}


def test_stopped_and_started_is_the_state_that_calls_need(endpoint, lightsail, create_database):
    create_database()
    with pytest.raises(ClientError, match="it is available"):
        lightsail.start_relational_database(relationalDatabaseName="db")
    lightsail.stop_relational_database(relationalDatabaseName="db", relationalDatabaseSnapshotName="before-stop")
    endpoint.settle()
    assert described(lightsail)["state"] == "stopped"
    assert endpoint.servers.running == {}
    assert ("db", "snapshot") in endpoint.servers.backups
    for refused in (
        lambda: lightsail.reboot_relational_database(relationalDatabaseName="db"),
        lambda: parameters(lightsail),
        lambda: lightsail.update_relational_database(relationalDatabaseName="db", publiclyAccessible=True),
        lambda: lightsail.create_relational_database_snapshot(
            relationalDatabaseName="db", relationalDatabaseSnapshotName="shot"
        ),
    ):
        with pytest.raises(ClientError, match=r"OperationFailureException.*it is stopped"):
            refused()
    lightsail.start_relational_database(relationalDatabaseName="db")
    endpoint.settle()
    assert described(lightsail)["state"] == "available"


def test_events_are_told_newest_first_and_the_log_by_time(endpoint, lightsail, create_database):
    create_database()
    lightsail.reboot_relational_database(relationalDatabaseName="db")
    endpoint.settle()
    events = lightsail.get_relational_database_events(relationalDatabaseName="db")["relationalDatabaseEvents"]
    messages = [event["message"] for event in events]
    assert messages == ["DB instance restarted", "DB instance created", "Finished DB Instance backup"]
    with pytest.raises(ClientError, match="durationInMinutes"):
        lightsail.get_relational_database_events(relationalDatabaseName="db", durationInMinutes=0)
    stream = {"relationalDatabaseName": "db", "logStreamName": "postgresql.log"}
    [event] = lightsail.get_relational_database_log_events(**stream)["resourceLogEvents"]
    assert event["message"] == "LOG:  ready"
    later = event["createdAt"].timestamp() + 60
    assert lightsail.get_relational_database_log_events(**stream, startTime=later)["resourceLogEvents"] == []
    with pytest.raises(ClientError, match="no log stream"):
        lightsail.get_relational_database_log_events(relationalDatabaseName="db", logStreamName="slow")
