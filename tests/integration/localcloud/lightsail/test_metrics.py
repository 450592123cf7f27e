from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from localcloud.cli import main
from localcloud.lightsail.metric_settings import SLOT_SECONDS


@pytest.fixture
def metric(endpoint, monkeypatch):
    """Run `localcloud metric` against the endpoint's state."""
    monkeypatch.setenv("LOCALCLOUD_NAME", "unit")
    monkeypatch.setenv("LOCALCLOUD_STATE", str(endpoint.directory))

    def run(*arguments, status=0):
        result = CliRunner().invoke(main, ["metric", *arguments])
        assert result.exit_code == status, result.output
        return result.output

    return run


@pytest.fixture
def aged(endpoint, create):
    """An instance that has stood for three days."""
    create()
    with endpoint.cloud.store.changing() as account:
        account.instances[0].created_at -= timedelta(days=3)


def data(lightsail, metric, *, hours=1.0, period=300, unit="Percent", statistics=("Average",), name="web"):
    end = datetime.now(UTC)
    reply = lightsail.get_instance_metric_data(
        instanceName=name,
        metricName=metric,
        period=period,
        startTime=end - timedelta(hours=hours),
        endTime=end,
        unit=unit,
        statistics=list(statistics),
    )
    return reply["metricData"]


def test_a_quiet_instance_has_plausible_series_that_stay_the_same(lightsail, aged):
    points = data(lightsail, "CPUUtilization")
    assert 11 <= len(points) <= 13
    assert all(0 < point["average"] < 10 and point["unit"] == "Percent" for point in points)
    assert data(lightsail, "CPUUtilization")[-5:] == points[-5:]
    assert {point["sum"] for point in data(lightsail, "StatusCheckFailed", unit="Count", statistics=["Sum"])} == {0}
    assert data(lightsail, "NetworkOut", unit="Bytes")[0]["average"] > 1000


def test_a_longer_period_gathers_what_is_in_it(lightsail, aged):
    statistics = ["Average", "Minimum", "Maximum", "Sum", "SampleCount"]
    [*_, point, _now] = data(lightsail, "CPUUtilization", hours=5, period=3600, statistics=statistics)
    assert point["sampleCount"] == 12
    assert point["minimum"] < point["average"] < point["maximum"]
    assert point["sum"] == pytest.approx(12 * point["average"])


def test_what_is_set_counts_at_once_and_from_then_on(lightsail, aged, metric):
    metric("set", "web", "CPUUtilization", "80", "none", "95.5")
    points = data(lightsail, "CPUUtilization")
    assert [point["average"] for point in points[-2:]] == [80, 95.5]
    assert (points[-1]["timestamp"] - points[-2]["timestamp"]).total_seconds() == 2 * SLOT_SECONDS
    metric("clear", "web")
    assert data(lightsail, "CPUUtilization")[-1]["average"] < 10


def test_burst_capacity_is_spent_above_the_baseline(lightsail, aged, metric):
    full = data(lightsail, "BurstCapacityPercentage")[-1]["average"]
    assert full > 95
    # Two hours at 100 % on a bundle that sustains 5 % of it: 24 slots x 95 points of the 1440 saved in a day.
    metric("set", "web", "CPUUtilization", *["100"] * 12)
    hour = data(lightsail, "BurstCapacityPercentage")[-1]["average"]
    assert full - hour == pytest.approx(100 * 12 * 95 / 1440, abs=5)
    metric("set", "web", "CPUUtilization", *["100"] * 24)
    assert data(lightsail, "BurstCapacityPercentage")[-1]["average"] == 0
    assert data(lightsail, "BurstCapacityTime", unit="Seconds")[-1]["average"] == 0


def test_a_stopped_instance_measures_nothing(endpoint, lightsail, aged):
    lightsail.stop_instance(instanceName="web")
    endpoint.settle()
    assert data(lightsail, "CPUUtilization") == []


def test_a_unit_that_the_metric_does_not_have_has_no_data(lightsail, aged):
    assert data(lightsail, "CPUUtilization", unit="Bytes") == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"period": 90}, "period is not valid"), ({"hours": -1}, "after startTime"), ({"hours": 2000}, "data points")],
)
def test_what_cannot_be_asked_is_refused(lightsail, aged, asked, told):
    with pytest.raises(ClientError, match=told):
        data(lightsail, "CPUUtilization", **asked)


def test_a_database_has_metrics_of_its_own(lightsail, create_database, metric):
    create_database()
    metric("set", "db", "DatabaseConnections", "81")
    end = datetime.now(UTC) + timedelta(minutes=1)  # past the slot's beginning, even where it has just begun
    reply = lightsail.get_relational_database_metric_data(
        relationalDatabaseName="db",
        metricName="DatabaseConnections",
        period=60,
        startTime=end - timedelta(minutes=10),
        endTime=end,
        unit="Count",
        statistics=["Maximum"],
    )
    assert reply["metricData"][-1]["maximum"] == 81


def test_the_command_tells_what_is_wrong(metric, aged):
    assert "no instance, database or load balancer lost" in metric("set", "lost", "CPUUtilization", "1", status=17)
    assert "use one of CPUUtilization" in metric("set", "web", "Cpu", "1", status=17)
    assert "is no number" in metric("set", "web", "CPUUtilization", "many", status=17)


def test_what_stood_is_charged_by_the_hour(lightsail, aged):
    end = datetime.now(UTC)
    [estimate] = lightsail.get_cost_estimate(resourceName="web", startTime=end - timedelta(days=10), endTime=end)[
        "resourcesBudgetEstimate"
    ]
    days = estimate["costEstimates"][0]["resultsByTime"]
    assert sum(day["unit"] for day in days) == pytest.approx(72, abs=0.1)
    assert sum(day["usageCost"] for day in days) == pytest.approx(72 * 5.0 / 730, abs=0.01)
    with pytest.raises(ClientError, match="three months"):
        lightsail.get_cost_estimate(resourceName="web", startTime=end - timedelta(days=100), endTime=end)
    with pytest.raises(ClientError, match="NotFoundException"):
        lightsail.get_cost_estimate(resourceName="lost", startTime=end - timedelta(days=1), endTime=end)


def test_disks_and_snapshots_are_charged_by_the_gigabyte(endpoint, lightsail, aged, create_database):
    lightsail.create_disk(diskName="papers", availabilityZone="eu-central-1a", sizeInGb=100)
    endpoint.settle()
    lightsail.create_disk_snapshot(diskSnapshotName="papers-copy", diskName="papers")
    lightsail.create_instance_snapshot(instanceSnapshotName="web-copy", instanceName="web")
    create_database()
    lightsail.create_relational_database_snapshot(relationalDatabaseSnapshotName="db-copy", relationalDatabaseName="db")
    endpoint.settle()
    with endpoint.cloud.store.changing() as account:
        sizes = {item.name: item.size_gb for item in account.resources("eu-central-1") if hasattr(item, "size_gb")}
        for resource in account.resources("eu-central-1"):
            resource.created_at = datetime.now(UTC) - timedelta(days=73)
    assert set(sizes) == {"papers", "papers-copy", "web-copy", "db-copy"}
    end = datetime.now(UTC)
    for name, size in sizes.items():
        reply = lightsail.get_cost_estimate(resourceName=name, startTime=end - timedelta(days=90), endTime=end)
        [estimate] = reply["resourcesBudgetEstimate"][0]["costEstimates"]
        monthly = size * (0.10 if name == "papers" else 0.05)
        # 73 of the 30.4 days of a month
        assert sum(day["usageCost"] for day in estimate["resultsByTime"]) == pytest.approx(2.4 * monthly, rel=0.001)
