import pytest
from botocore.exceptions import ClientError

from localcloud.lightsail import metric_settings


@pytest.fixture
def put(lightsail):
    def run(name="busy", **members):
        wanted = {
            "alarmName": name,
            "metricName": "CPUUtilization",
            "monitoredResourceName": "web",
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "threshold": 80.0,
            "evaluationPeriods": 3,
            "datapointsToAlarm": 2,
        }
        lightsail.put_alarm(**(wanted | members))
        return lightsail.get_alarms(alarmName=name)["alarms"][0]

    return run


@pytest.fixture
def measure(endpoint, create):
    create()

    def run(*values):
        with endpoint.cloud.store.reading() as account:
            arn = account.instances[0].arn
        metric_settings.put(endpoint.directory, arn, "CPUUtilization", values)

    with endpoint.cloud.store.changing() as account:
        account.instances[0].created_at = account.instances[0].created_at.replace(year=2020)
    return run


@pytest.mark.parametrize(
    ("values", "missing", "state"),
    [
        ([10, 10, 10], "missing", "OK"),
        ([10, 90, 80], "missing", "ALARM"),
        ([10, 10, 90], "missing", "OK"),
        ([None, 90, 90], "missing", "ALARM"),
        ([None, None, None], "missing", "INSUFFICIENT_DATA"),
        ([None, None, None], "notBreaching", "OK"),
        ([None, None, 10], "breaching", "ALARM"),
    ],
)
def test_the_state_follows_the_metric(put, measure, values, missing, state):
    measure(*values)
    alarm = put(treatMissingData=missing)
    assert alarm["state"] == state
    assert (alarm["period"], alarm["statistic"], alarm["unit"]) == (300, "Average", "Percent")


def test_a_tested_state_shows_until_the_next_evaluation(lightsail, endpoint, put, measure):
    put()
    lightsail.test_alarm(alarmName="busy", state="ALARM")
    assert lightsail.get_alarms()["alarms"][0]["state"] == "ALARM"
    with endpoint.cloud.store.changing() as account:
        account.alarms[0].tested_at = account.alarms[0].tested_at.replace(year=2020)
    assert lightsail.get_alarms()["alarms"][0]["state"] == "OK"


def test_a_metric_has_two_alarms_and_no_third(put, measure):
    put("one")
    put("two")
    with pytest.raises(ClientError, match="2 alarms for CPUUtilization already"):
        put("three")
    assert put("two", threshold=70.0)["threshold"] == 70.0
    put("other", metricName="StatusCheckFailed")


def test_an_alarm_keeps_what_it_watches_and_its_tags(lightsail, put, measure):
    first = put(tags=[{"key": "a", "value": "1"}])
    second = put(threshold=5.0)
    assert (second["arn"], second["tags"]) == (first["arn"], [{"key": "a", "value": "1"}])
    with pytest.raises(ClientError, match="cannot be changed"):
        put(metricName="NetworkIn")
    lightsail.delete_alarm(alarmName="busy")
    assert lightsail.get_alarms()["alarms"] == []
    with pytest.raises(ClientError, match="NotFoundException"):
        lightsail.delete_alarm(alarmName="busy")


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"datapointsToAlarm": 4}, "datapointsToAlarm is 4"),
        ({"evaluationPeriods": 0}, "evaluationPeriods"),
        ({"monitoredResourceName": "lost"}, "NotFoundException"),
        ({"metricName": "DatabaseConnections"}, "no metric DatabaseConnections"),
        ({"name": "web"}, "already in use"),
    ],
)
def test_what_cannot_be_watched_is_refused(put, measure, members, told):
    with pytest.raises(ClientError, match=told):
        put(**members)


def test_alarms_outlive_a_restart_and_their_instance_leaves_them_without_data(lightsail, endpoint, put, measure):
    put()
    lightsail.delete_instance(instanceName="web")
    endpoint.settle()
    endpoint.stop()
    endpoint.start()
    [alarm] = endpoint.client().get_alarms(monitoredResourceName="web")["alarms"]
    assert alarm["state"] == "INSUFFICIENT_DATA"


def test_one_contact_of_each_protocol(lightsail):
    lightsail.create_contact_method(protocol="Email", contactEndpoint="a@example.org")
    lightsail.create_contact_method(protocol="SMS", contactEndpoint="+491701234567")
    with pytest.raises(ClientError, match="already exists"):
        lightsail.create_contact_method(protocol="Email", contactEndpoint="b@example.org")
    statuses = {item["protocol"]: item["status"] for item in lightsail.get_contact_methods()["contactMethods"]}
    assert statuses == {"Email": "PendingVerification", "SMS": "Valid"}
    lightsail.send_contact_method_verification(protocol="Email")
    lightsail.delete_contact_method(protocol="Email")
    assert lightsail.get_contact_methods(protocols=["Email"])["contactMethods"] == []
    with pytest.raises(ClientError, match="NotFoundException"):
        lightsail.send_contact_method_verification(protocol="Email")


@pytest.mark.parametrize(("protocol", "address"), [("Email", "nobody"), ("SMS", "0170 123")])
def test_an_address_that_is_none_is_refused(lightsail, protocol, address):
    with pytest.raises(ClientError, match="contact endpoint is not valid"):
        lightsail.create_contact_method(protocol=protocol, contactEndpoint=address)
