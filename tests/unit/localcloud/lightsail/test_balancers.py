"""HAProxy's configuration and what is read from HAProxy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.lightsail import balancer_config, balancer_health, tls_policies
from localcloud.lightsail.balancer_config import Target
from localcloud.lightsail.load_balancer_metrics import parse
from localcloud.lightsail.records import LoadBalancer

ONE, TWO = Target(name="one", address="10.0.0.3"), Target(name="two", address="10.0.0.4")


def balancer(**fields):
    fixed = {"name": "lb", "region": "eu-central-1", "instance_port": 8000, "dns_name": "lb.test", "id": "1"}
    addresses = {"private_address": "10.0.0.2", "public_address": "10.0.128.2", "tls_policy": "TLS-2016-08"}
    return LoadBalancer(**(fixed | addresses | fields))


def lines(*arguments, **fields):
    return [line.strip() for line in balancer_config.configuration(balancer(**fields), *arguments).splitlines()]


def test_without_a_certificate_there_is_no_https_and_nothing_is_redirected():
    found = lines([ONE, TWO], None, https_redirection=True)
    assert "bind :80" in found
    assert not [line for line in found if ":443" in line or "redirect scheme" in line]
    assert "server one 10.0.0.3:8000 check" in found


def test_with_one_https_speaks_as_the_policy_says():
    found = lines([], tls_policies.STRICT, https_redirection=True)
    (bind,) = [line for line in found if line.startswith("bind :443")]
    assert "ssl-min-ver TLSv1.2" in bind
    assert "SECLEVEL" not in bind
    assert found.count("http-request redirect scheme https code 301") == 1


def test_stickiness_gives_each_instance_a_cookie_of_its_own():
    found = lines([ONE, TWO], None, session_stickiness=True, cookie_seconds=60)
    assert "cookie AWSALB insert indirect nocache maxlife 60s" in found
    cookies = [line.rpartition(" ")[2] for line in found if line.startswith("server ")]
    assert len(set(cookies)) == 2


def test_a_quotation_mark_in_the_path_ends_nothing():
    (line,) = [line for line in lines([], None, health_check_path="/it's") if line.startswith("http-check send")]
    assert r"uri '/it'\''s' ver" in line


def test_the_description_is_another_one_whenever_anything_else_is():
    configured = [balancer_config.configuration(balancer(), targets, None) for targets in ([], [ONE], [ONE])]
    first, second, third = map(balancer_config.description, configured)
    assert first != second == third


RUNNING = """1
# be_id be_name …
3 instances 1 one 10.0.0.3 2 0 1 1 9 15 3 3 6 0 0 0 - 8000 - 0 0 - - 0
3 instances 2 two 10.0.0.9 2 0 1 1 9 15 3 3 6 0 0 0 - 8000 - 0 0 - - 0
"""


def test_states_are_kept_of_the_same_server_alone_and_a_new_one_is_down():
    first, _, one, two = balancer_config.states(RUNNING, balancer(), [ONE, TWO]).splitlines()
    assert first == "1"
    assert one.split()[5] == "2"
    assert two.split()[3:6] == ["two", "10.0.0.4", "0"]  # it had another address: it is another machine
    assert len(one.split()) == len(two.split()) == len(balancer_config.STATES_COLUMNS.split())


@pytest.mark.parametrize(
    ("status", "check", "health"),
    [
        ("UP", "L7OK", ("healthy", "")),
        ("UP 1/2", "L7STS", ("healthy", "")),
        ("DOWN", "INI", ("initial", "Lb.InitialHealthChecking")),
        ("DOWN 1/2", "L7OK", ("initial", "Lb.InitialHealthChecking")),
        ("DOWN", "* L7OK", ("initial", "Lb.InitialHealthChecking")),
        ("DOWN", "L7STS", ("unhealthy", "Instance.ResponseCodeMismatch")),
        ("DOWN", "* L4TOUT", ("unhealthy", "Instance.Timeout")),
        ("DOWN", "L4CON", ("unhealthy", "Instance.FailedHealthChecks")),
    ],
)
def test_health_in_lightsails_words(status, check, health):
    table = f"# pxname,svname,status,check_status,\nhttp,FRONTEND,OPEN,,\ninstances,one,{status},{check},\n"
    assert balancer_health.of(table + "instances,BACKEND,UP,,\n") == {"one": health}


@given(st.lists(st.text(), max_size=5))
def test_any_log_is_read(found):
    parse(found)


@given(st.text(max_size=30), st.integers(0, 9999), st.integers(-1, 10**6))
def test_a_line_of_the_log_is_read_as_it_was_written(server, status, milliseconds):
    name = "".join(server.split()) or "one"
    (answer,) = parse([f"2026-11-25T12:00:01.123456789Z request http {name} {status} {milliseconds} --NI"])
    assert (answer.server, answer.status) == (name, status)
    assert answer.seconds == (milliseconds / 1000 if milliseconds >= 0 else None)
