"""A whole local cloud of its own, with real machines and a real database behind the API."""

import io
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import docker
import paramiko
import psycopg
import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
NAME = "test-lightsail"
PORT, EDGE_PORT = 24566, 28080


class LocalCloud:
    def __init__(self, state):
        self.state = state
        self.environment = os.environ | {
            "LOCALCLOUD_NAME": NAME,
            "LOCALCLOUD_PORT": str(PORT),
            "LOCALCLOUD_EDGE_PORT": str(EDGE_PORT),
            "LOCALCLOUD_SUBNET": "10.142.0.0/16",
            "LOCALCLOUD_STATE": str(state),
        }

    def run(self, *arguments, check=True):
        command = [sys.executable, "-m", "localcloud.cli", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, check=check, capture_output=True, text=True, timeout=1200
        )

    def status(self):
        return json.loads(self.run("status", "--json").stdout)


@pytest.fixture(scope="module")
def localcloud(tmp_path_factory):
    running = LocalCloud(tmp_path_factory.mktemp("localcloud") / "state")
    running.run("reset")
    running.run("up")
    yield running
    running.run("reset")


@pytest.fixture(scope="module")
def lightsail(localcloud):
    return boto3.client(
        "lightsail",
        endpoint_url=f"http://127.0.0.1:{PORT}",
        region_name="eu-central-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )


@pytest.fixture(scope="module")
def key(lightsail):
    text = lightsail.create_key_pair(keyPairName="key")["privateKeyBase64"]
    return paramiko.RSAKey.from_private_key(io.StringIO(text))


def until(condition, seconds=180):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.2)
    return found


def until_state(lightsail, name, wanted):
    until(lambda: lightsail.get_instance_state(instanceName=name)["state"]["name"] == wanted)
    return lightsail.get_instance(instanceName=name)["instance"]


@pytest.fixture(scope="module")
def instances(lightsail, key):
    """Two machines, asked for in one call."""
    lightsail.create_instances(
        instanceNames=["one", "two"],
        availabilityZone="eu-central-1a",
        blueprintId="debian_12",
        bundleId="micro_3_0",
        keyPairName="key",
        userData="hostname > /root/launched\necho launched as $(id -un)",
    )
    return [until_state(lightsail, name, "running") for name in ("one", "two")]


def reaches(address, port, seconds=2):
    try:
        socket.create_connection((address, port), timeout=seconds).close()
    except OSError:
        return False
    return True


class Machine:
    def __init__(self, address, key):
        until(lambda: reaches(address, 22))
        self._client = paramiko.SSHClient()
        self._client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self._client.connect(address, username="admin", pkey=key, look_for_keys=False, allow_agent=False, timeout=20)
        self.host_key = self._client.get_transport().get_remote_server_key().get_base64()

    def run(self, command):
        _, output, errors = self._client.exec_command(command, timeout=60)
        text = output.read().decode().strip()
        assert output.channel.recv_exit_status() == 0, errors.read().decode()
        return text


def public(lightsail, name):
    return lightsail.get_instance(instanceName=name)["instance"]["publicIpAddress"]


def test_a_second_up_finds_everything_running(localcloud):
    before = localcloud.status()["processes"]
    result = localcloud.run("up")
    assert f"http://127.0.0.1:{PORT}" in result.stdout
    assert localcloud.status()["processes"] == before


def test_a_port_in_use_is_told_with_its_remedy(localcloud, tmp_path):
    other = LocalCloud(tmp_path / "state")
    other.environment["LOCALCLOUD_NAME"] = "test-lightsail-2"
    result = other.run("up", check=False)
    assert result.returncode == 11
    assert str(PORT) in result.stderr
    assert "LOCALCLOUD_PORT=" in result.stderr


def test_a_machine_is_debian_with_systemd_sudo_and_python(lightsail, instances, key):
    machine = Machine(public(lightsail, "one"), key)
    assert machine.run("sudo --non-interactive id -u") == "0"
    assert machine.run("ps -p 1 -o comm=") == "systemd"
    assert machine.run(". /etc/os-release && echo $ID $VERSION_ID") == "debian 12"
    assert machine.run("python3 -c 'print(1 + 1)'") == "2"
    assert machine.run("systemctl is-system-running --wait || systemctl --failed") == "running"


def test_each_machine_has_host_keys_of_its_own(lightsail, instances, key):
    assert Machine(public(lightsail, "one"), key).host_key != Machine(public(lightsail, "two"), key).host_key


def test_a_password_or_another_key_opens_nothing(lightsail, instances):
    address = public(lightsail, "one")
    for credentials in ({"password": "admin"}, {"pkey": paramiko.RSAKey.generate(2048)}):
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        with pytest.raises(paramiko.SSHException):
            client.connect(address, username="admin", look_for_keys=False, allow_agent=False, **credentials)


def test_the_launch_script_ran_once_as_root(lightsail, instances, key):
    machine = Machine(public(lightsail, "one"), key)
    log = until(lambda: machine.run("sudo cat /var/log/cloud-init-output.log || true"))
    assert "launched as root" in log
    assert machine.run("sudo cat /root/launched") == machine.run("hostname")


def test_a_machine_cannot_use_more_memory_than_its_bundle(lightsail, instances):
    container = docker.from_env().containers.get(f"localcloud-{NAME}-one")
    assert container.attrs["HostConfig"]["Memory"] == 1024**3


def test_only_listed_ports_let_anybody_in_even_past_the_machines_own_firewall(lightsail, instances, key):
    address = public(lightsail, "one")
    machine = Machine(address, key)
    machine.run("nohup python3 -m http.server 8123 > /dev/null 2>&1 & sleep 1")
    machine.run("sudo iptables -F && sudo iptables -t nat -F POSTROUTING")
    assert (
        machine.run("python3 -c 'import urllib.request as u; print(u.urlopen(\"http://127.0.0.1:8123\").status)'")
        == "200"
    )
    assert not reaches(address, 8123)
    port = {"protocol": "tcp", "fromPort": 8123, "toPort": 8123}
    lightsail.open_instance_public_ports(instanceName="one", portInfo=port)
    assert reaches(address, 8123)
    lightsail.put_instance_public_ports(
        instanceName="one",
        portInfos=[{"protocol": "tcp", "fromPort": 22, "toPort": 22}, port | {"cidrs": ["192.0.2.0/24"]}],
    )
    assert not reaches(address, 8123)
    # Another instance comes by the private address, which the public ports do not concern.
    private = instances[0]["privateIpAddress"]
    neighbour = Machine(public(lightsail, "two"), key)
    check = f"import socket; socket.create_connection(('{private}', 8123), 3); print('in')"
    assert neighbour.run(f'python3 -c "{check}"') == "in"


def test_a_static_ip_leads_to_the_machine_that_has_it(lightsail, instances, key):
    lightsail.allocate_static_ip(staticIpName="ip")
    address = lightsail.get_static_ip(staticIpName="ip")["staticIp"]["ipAddress"]
    assert not reaches(address, 22)
    hosts = []
    for name in ("one", "two"):
        lightsail.attach_static_ip(staticIpName="ip", instanceName=name)
        hosts.append(Machine(address, key).run("hostname"))
        lightsail.detach_static_ip(staticIpName="ip")
    assert hosts == [Machine(public(lightsail, name), key).run("hostname") for name in ("one", "two")]
    assert len(set(hosts)) == 2


def test_stop_and_start_keep_data_and_ports(lightsail, instances, key):
    Machine(public(lightsail, "two"), key).run(
        "sudo mkdir -p /data && echo kept | sudo tee /data/note /var/lib/docker/note"
    )
    lightsail.put_instance_public_ports(
        instanceName="two", portInfos=[{"protocol": "tcp", "fromPort": 22, "toPort": 22}]
    )
    lightsail.stop_instance(instanceName="two")
    stopped = until_state(lightsail, "two", "stopped")
    assert "publicIpAddress" not in stopped
    lightsail.start_instance(instanceName="two")
    started = until_state(lightsail, "two", "running")
    machine = Machine(started["publicIpAddress"], key)
    assert machine.run("sudo cat /data/note /var/lib/docker/note").split() == ["kept", "kept"]
    assert started["privateIpAddress"] == stopped["privateIpAddress"]
    machine.run("sudo systemd-run --quiet python3 -m http.server 80 && sleep 1")
    assert not reaches(started["publicIpAddress"], 80)


def test_a_reboot_from_inside_comes_back_behind_its_firewall(lightsail, instances, key):
    address = public(lightsail, "two")
    machine = Machine(address, key)
    booted = machine.run("ps -p 1 -o lstart=")
    machine.run("sudo systemd-run --quiet --on-active=1 --timer-property=AccuracySec=100ms systemctl reboot")

    def back():
        try:
            return Machine(address, key).run("ps -p 1 -o lstart=") != booted
        except (paramiko.SSHException, OSError, EOFError):
            return False

    until(back)
    assert until_state(lightsail, "two", "running")["publicIpAddress"] == address


@pytest.fixture(scope="module")
def database(lightsail, localcloud):
    lightsail.create_relational_database(
        relationalDatabaseName="db",
        relationalDatabaseBlueprintId="postgres_17",
        relationalDatabaseBundleId="micro_ha_2_0",
        masterDatabaseName="prime_time_db",
        masterUsername="primetime",
        publiclyAccessible=True,
    )
    return until_database(lightsail)


def until_database(lightsail):
    def available():
        found = lightsail.get_relational_database(relationalDatabaseName="db")["relationalDatabase"]
        assert found["state"] != "failed"
        return found if found["state"] == "available" else None

    return until(available)


def connection_settings(lightsail, localcloud, database):
    password = lightsail.get_relational_database_master_user_password(relationalDatabaseName="db")
    return {
        "host": database["masterEndpoint"]["address"],
        # No name server outside the local cloud's network knows the endpoint's name.
        "hostaddr": localcloud.status()["databases"][0]["address"],
        "dbname": "prime_time_db",
        "user": "primetime",
        "password": password["masterUserPassword"],
        "sslmode": "verify-full",
        "sslrootcert": str(localcloud.state / "ca.pem"),
        "connect_timeout": 3,
    }


def test_the_master_is_no_superuser_and_makes_extension_role_and_database(lightsail, localcloud, database):
    with psycopg.connect(**connection_settings(lightsail, localcloud, database), autocommit=True) as connection:
        superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        assert superuser == (False,)
        assert connection.pgconn.ssl_in_use
        connection.execute("CREATE EXTENSION vector")
        connection.execute("CREATE TABLE points (place vector(3))")
        connection.execute("INSERT INTO points VALUES ('[1,2,3]')")
        connection.execute("CREATE ROLE application LOGIN PASSWORD 'application-1'")
        connection.execute("CREATE DATABASE another")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER ROLE primetime SUPERUSER")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("COPY points TO '/tmp/points'")
        major = connection.execute("SHOW server_version_num").fetchone()
    assert major[0].startswith("17")


def test_without_tls_or_with_another_password_nobody_gets_in(lightsail, localcloud, database):
    settings = connection_settings(lightsail, localcloud, database)
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(**settings | {"sslmode": "disable"})
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**settings | {"password": "guessed-it"})
    with pytest.raises(psycopg.OperationalError, match="certificate"):
        psycopg.connect(**settings | {"host": "another.rds.localcloud.test"})


def test_not_public_means_from_instances_alone(lightsail, localcloud, database, instances, key):
    settings = connection_settings(lightsail, localcloud, database)
    lightsail.update_relational_database(relationalDatabaseName="db", publiclyAccessible=False)
    until_database(lightsail)
    assert not reaches(settings["hostaddr"], 5432)
    check = f"import socket; socket.create_connection(('{settings['host']}', 5432), 3); print('in')"
    assert Machine(public(lightsail, "one"), key).run(f'python3 -c "{check}"') == "in"
    lightsail.update_relational_database(relationalDatabaseName="db", publiclyAccessible=True)
    until_database(lightsail)
    assert reaches(settings["hostaddr"], 5432)


def test_a_rotated_password_is_the_only_one_that_opens(lightsail, localcloud, database):
    before = connection_settings(lightsail, localcloud, database)
    lightsail.update_relational_database(relationalDatabaseName="db", rotateMasterUserPassword=True)
    until_database(lightsail)
    psycopg.connect(**connection_settings(lightsail, localcloud, database)).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**before)


def test_a_server_that_dies_comes_back_under_its_endpoint_with_what_was_committed(lightsail, localcloud, database):
    assert database["secondaryAvailabilityZone"] == "eu-central-1b"
    settings = connection_settings(lightsail, localcloud, database)
    with psycopg.connect(**settings) as connection:
        connection.execute("CREATE TABLE letters (letter text)")
        connection.execute("INSERT INTO letters VALUES ('a')")
        connection.commit()
        connection.execute("INSERT INTO letters VALUES ('b')")  # and never committed
        docker.from_env().containers.get(f"localcloud-{NAME}-db").kill()
        with pytest.raises(psycopg.OperationalError):
            connection.commit()

    def back():
        try:
            with psycopg.connect(**settings) as again:
                return again.execute("SELECT letter FROM letters").fetchall()
        except psycopg.OperationalError:
            return None

    assert until(back) == [("a",)]


@pytest.fixture(scope="module")
def balancer(lightsail, localcloud):
    """Nobody behind it, so that it answers by itself."""
    lightsail.create_load_balancer(loadBalancerName="lb", instancePort=80)
    until(lambda: lightsail.get_load_balancer(loadBalancerName="lb")["loadBalancer"]["state"] == "active")
    return localcloud.status()["load_balancers"][0]["address"]


def answer(address):
    try:
        return urllib.request.urlopen(f"http://{address}/", timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_balancer_that_dies_comes_back_under_its_address(balancer):
    assert answer(balancer) == 503
    docker.from_env().containers.get(f"localcloud-{NAME}-lb").kill()
    until(lambda: reaches(balancer, 80))
    assert answer(balancer) == 503


def test_down_and_up_bring_everything_back(lightsail, localcloud, database, instances, balancer, key):
    before = localcloud.status()
    localcloud.run("down")
    stopped = localcloud.run("status", "--json", check=False)
    assert stopped.returncode == 1
    assert not any(found["runs"] for found in json.loads(stopped.stdout)["instances"])
    localcloud.run("up")
    after = localcloud.status()
    for kind in ("instances", "databases", "load_balancers"):
        assert after[kind] == before[kind]
    assert answer(balancer) == 503
    assert Machine(public(lightsail, "two"), key).run("sudo cat /data/note") == "kept"
    with psycopg.connect(**connection_settings(lightsail, localcloud, database)) as connection:
        assert connection.execute("SELECT place::text FROM points").fetchone() == ("[1,2,3]",)


def test_deleted_is_gone_and_so_is_its_volume(lightsail, instances):
    lightsail.delete_instance(instanceName="one")
    until(lambda: "one" not in [found["name"] for found in lightsail.get_instances()["instances"]])
    engine = docker.from_env()
    names = [container.name for container in engine.containers.list(all=True)]
    assert f"localcloud-{NAME}-one" not in names
    assert f"localcloud-{NAME}-one-docker" not in [volume.name for volume in engine.volumes.list()]


def test_reset_leaves_nothing(localcloud):
    localcloud.run("reset")
    engine, mine = docker.from_env(), {"label": f"localcloud={NAME}"}
    assert engine.containers.list(all=True, filters=mine) == []
    # One that was made without the label would stay, so all are looked at.
    assert [found.name for found in engine.volumes.list() if found.name.startswith(f"localcloud-{NAME}-")] == []
    assert engine.networks.list(filters=mine) == []
    assert not localcloud.state.exists()
    assert not reaches("127.0.0.1", PORT)
