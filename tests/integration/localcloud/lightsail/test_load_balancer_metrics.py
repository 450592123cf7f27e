"""What load balancers measure, and alarms over it; HAProxy is stood in for."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from localcloud.lightsail import alarms, host_counts, load_balancer_metrics, metric_settings

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch):
    """Set the time of what measures, to so long after NOW."""

    def go(**later):
        for room in (alarms, host_counts, load_balancer_metrics):
            monkeypatch.setattr(room, "now", lambda: NOW + timedelta(**later))
        monkeypatch.setattr(metric_settings, "time", SimpleNamespace(time=(NOW + timedelta(**later)).timestamp))

    go()
    return go


def metric(lightsail, name, unit="Count", statistic="Sum", minutes=10):
    reply = lightsail.get_load_balancer_metric_data(
        loadBalancerName="web-lb",
        metricName=name,
        period=60,
        startTime=NOW,
        endTime=NOW + timedelta(minutes=minutes),
        unit=unit,
        statistics=[statistic],
    )
    key = statistic[0].lower() + statistic[1:]
    return {point["timestamp"].minute: point[key] for point in reply["metricData"]}


def test_metrics_are_counted_from_the_log(endpoint, lightsail, balancer):
    balancer()
    endpoint.balancers.log = [
        "2026-11-25T12:00:01.123456789Z request http one 200 20 --VN",
        "2026-11-25T12:00:02Z request https~ one 200 40 --NI",
        "2026-11-25T12:01:01.5Z request http two 500 10 ----",
        "2026-11-25T12:01:02.5Z request http two 502 -1 SH--",
        "2026-11-25T12:01:03.5Z request http <NOSRV> 503 -1 SC--",
        "2026-11-25T12:02:00Z request http <NOSRV> 301 -1 LR--",
        "2026-11-25T12:03:00Z failed https~",
        "2026-11-25T12:04:00Z Server instances/one is UP, reason: Layer7 check passed",
        "2026-11-25T12:30:00Z request http one 200 20 --VN",
    ]
    assert metric(lightsail, "RequestCount") == {0: 2, 1: 2}
    assert metric(lightsail, "HTTPCode_Instance_2XX_Count") == {0: 2}
    assert metric(lightsail, "HTTPCode_Instance_5XX_Count") == {1: 1}
    assert metric(lightsail, "HTTPCode_LB_5XX_Count") == {1: 2}
    assert metric(lightsail, "InstanceResponseTime", "Seconds", "Average") == {0: pytest.approx(0.03), 1: 0.01}
    assert metric(lightsail, "ClientTLSNegotiationErrorCount") == {3: 1}
    assert metric(lightsail, "RequestCount", unit="Seconds") == {}
    with pytest.raises(ClientError, match="has no series of RejectedConnectionCount"):
        metric(lightsail, "RejectedConnectionCount")


def test_hosts_are_counted_every_minute_and_now(endpoint, lightsail, balancer, clock):
    balancer()
    host_counts.look(endpoint.cloud)
    endpoint.balancers.found = {"one": ("healthy", ""), "two": ("unhealthy", "x"), "three": ("initial", "y")}
    clock(minutes=3)
    host_counts.look(endpoint.cloud)
    clock(minutes=5)
    assert metric(lightsail, "HealthyHostCount", statistic="Average") == {0: 0, 3: 1, 5: 1}
    assert metric(lightsail, "UnhealthyHostCount", statistic="Average") == {0: 0, 3: 1, 5: 1}
    clock(hours=25)
    host_counts.look(endpoint.cloud)
    assert [len(looks) for looks in host_counts.read(endpoint.directory).values()] == [1]
    endpoint.balancers.failure = "gone"
    with pytest.raises(ClientError, match="OperationFailureException"):
        metric(lightsail, "HealthyHostCount")


def alarm(lightsail, metric_name="UnhealthyHostCount", threshold=0, periods=2, **members):
    lightsail.put_alarm(
        alarmName="lb-alarm",
        monitoredResourceName="web-lb",
        metricName=metric_name,
        comparisonOperator="GreaterThanThreshold",
        threshold=threshold,
        evaluationPeriods=periods,
        **members,
    )
    return lightsail.get_alarms(alarmName="lb-alarm")["alarms"][0]


def test_an_alarm_follows_what_was_measured_of_a_balancer(endpoint, lightsail, balancer, clock):
    balancer()
    endpoint.balancers.found = {"one": ("unhealthy", "x")}
    assert alarm(lightsail)["state"] == "OK"  # one period of the two
    host_counts.look(endpoint.cloud)
    clock(minutes=5)
    shown = alarm(lightsail)
    assert (shown["state"], shown["unit"], shown["statistic"]) == ("ALARM", "Count", "Average")
    assert shown["monitoredResourceInfo"]["resourceType"] == "LoadBalancer"
    endpoint.balancers.found = {"one": ("healthy", "")}
    clock(minutes=10)
    assert lightsail.get_alarms()["alarms"][0]["state"] == "OK"


def test_an_alarm_sums_a_balancers_requests_and_has_no_data_without_any(endpoint, lightsail, balancer, clock):
    balancer()
    assert alarm(lightsail, "RequestCount", 1, 1)["state"] == "INSUFFICIENT_DATA"
    endpoint.balancers.log = [f"2026-11-25T12:00:0{second}Z request http one 200 20 --VN" for second in range(2)]
    assert alarm(lightsail, "RequestCount", 1, 1)["state"] == "ALARM"
    assert alarm(lightsail, "RequestCount", 2, 1)["state"] == "OK"
    endpoint.balancers.failure = "gone"
    assert alarm(lightsail, "RequestCount", 1, 1)["state"] == "INSUFFICIENT_DATA"
    with pytest.raises(ClientError, match="A LoadBalancer has no metric CPUUtilization here"):
        alarm(lightsail, "CPUUtilization")


def test_what_is_set_stands_in_the_place_of_what_was_measured(endpoint, lightsail, balancer, clock):
    balancer()
    arn = lightsail.get_load_balancer(loadBalancerName="web-lb")["loadBalancer"]["arn"]
    endpoint.balancers.log = ["2026-11-25T12:00:01Z request http one 200 20 --VN"]
    clock(minutes=5)
    metric_settings.put(endpoint.directory, arn, "RequestCount", [None, 40])
    assert metric(lightsail, "RequestCount") == {5: 40}
    assert alarm(lightsail, "RequestCount", 39, 1)["state"] == "ALARM"
    metric_settings.clear(endpoint.directory, arn)
    assert metric(lightsail, "RequestCount") == {0: 1}


def test_the_counts_of_a_balancer_that_is_gone_are_forgotten(endpoint, lightsail, balancer):
    host_counts.look(endpoint.cloud)
    assert host_counts.read(endpoint.directory) == {}
    balancer()
    host_counts.look(endpoint.cloud)
    assert len(host_counts.read(endpoint.directory)) == 1
    lightsail.delete_load_balancer(loadBalancerName="web-lb")
    endpoint.settle()
    host_counts.look(endpoint.cloud)
    assert host_counts.read(endpoint.directory) == {}
