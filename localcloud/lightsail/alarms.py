"""Alarms over the metrics of instances, databases and load balancers; their state is found when it is asked for."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import timedelta

from localcloud.lightsail import cloud as c
from localcloud.lightsail import load_balancer_metrics, metric_settings, metrics
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, NotFoundException
from localcloud.lightsail.metric_kinds import KINDS
from localcloud.lightsail.metric_settings import SLOT_SECONDS
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import Account, Alarm, Instance, LoadBalancer, RelationalDatabase, now

Monitored = Instance | RelationalDatabase | LoadBalancer
ALARMS_A_METRIC = 2
EVALUATION_PERIODS_LIMIT = 288  # a day
# A tested state stands until the next evaluation.
TEST_SECONDS = SLOT_SECONDS
COMPARES: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def put(cloud: Cloud, region: str, members: Members) -> Members:
    name, metric = check_resource_name(members["alarmName"]), members["metricName"]
    periods = members["evaluationPeriods"]
    to_alarm: int = members.get("datapointsToAlarm") or periods
    if not 1 <= periods <= EVALUATION_PERIODS_LIMIT:
        raise InvalidInputException(f"evaluationPeriods is {periods}", f"use 1 to {EVALUATION_PERIODS_LIMIT}")
    if not 1 <= to_alarm <= periods:
        raise InvalidInputException(f"datapointsToAlarm is {to_alarm}", f"use 1 to evaluationPeriods, {periods}")
    with cloud.store.changing() as account:
        monitored = _monitored(account, region, members["monitoredResourceName"])
        if metric not in KINDS[monitored.resource_type]:
            known = ", ".join(KINDS[monitored.resource_type])
            raise InvalidInputException(f"A {monitored.resource_type} has no metric {metric} here", f"it has {known}")
        old = next((alarm for alarm in account.alarms if alarm.region == region and alarm.name == name), None)
        if old is None:
            c.check_names_free(account, region, [name])
        elif (old.monitored_arn, old.metric_name) != (monitored.arn, metric):
            raise InvalidInputException(
                f"The alarm {name} watches {old.metric_name} of {old.monitored_name}, which cannot be changed",
                "delete it, or choose another name",
            )
        beside = [
            alarm
            for alarm in account.alarms
            if alarm is not old and (alarm.monitored_arn, alarm.metric_name) == (monitored.arn, metric)
        ]
        if len(beside) >= ALARMS_A_METRIC:
            raise InvalidInputException(
                f"{monitored.name} has {ALARMS_A_METRIC} alarms for {metric} already", "delete one of them first"
            )
        alarm = Alarm(
            name=name,
            region=region,
            availability_zone="all",
            monitored_name=monitored.name,
            monitored_arn=monitored.arn,
            metric_name=metric,
            comparison_operator=members["comparisonOperator"],
            threshold=members["threshold"],
            evaluation_periods=periods,
            datapoints_to_alarm=to_alarm,
            treat_missing_data=members.get("treatMissingData", "missing"),
            contact_protocols=members.get("contactProtocols", []),
            notification_triggers=members.get("notificationTriggers", ["ALARM"]),
            notification_enabled=members.get("notificationEnabled", True),
            tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
        )
        if old is not None:
            alarm.id, alarm.created_at, alarm.tags = old.id, old.created_at, old.tags | alarm.tags
            account.alarms.remove(old)
        account.alarms.append(alarm)
        return {"operations": [c.succeeded(account, alarm, "PutAlarm").describe()]}


def get(cloud: Cloud, region: str, members: Members) -> Members:
    account = cloud.store.snapshot()
    found = [alarm for alarm in account.alarms if alarm.region == region]
    if "alarmName" in members:
        found = [_find(account, region, members["alarmName"])]
    if "monitoredResourceName" in members:
        found = [alarm for alarm in found if alarm.monitored_name == members["monitoredResourceName"]]
    return {"alarms": [_describe(cloud, account, alarm) for alarm in found]}


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        alarm = _find(account, region, members["alarmName"])
        account.alarms.remove(alarm)
        return {"operations": [c.succeeded(account, alarm, "DeleteAlarm").describe()]}


def test(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        alarm = _find(account, region, members["alarmName"])
        alarm.tested_state, alarm.tested_at = members["state"], now()
        return {"operations": [c.succeeded(account, alarm, "TestAlarm").describe()]}


def state(cloud: Cloud, account: Account, alarm: Alarm) -> str:
    """OK, ALARM or INSUFFICIENT_DATA, over the newest evaluation periods.

    Missing data count as `treat_missing_data` says; "ignore" keeps the state, which for one that is found anew each
    time is that of the data there are.
    """
    if alarm.tested_at is not None and now() - alarm.tested_at < timedelta(seconds=TEST_SECONDS):
        return str(alarm.tested_state)
    monitored = _by_arn(account, alarm.monitored_arn)
    if monitored is None:
        return "INSUFFICIENT_DATA"
    last = metric_settings.slot_of(now().timestamp())
    slots = range(last - alarm.evaluation_periods + 1, last + 1)
    if isinstance(monitored, LoadBalancer):
        values = load_balancer_metrics.slot_values(cloud, monitored, alarm.metric_name, slots)
    else:
        values = metrics.slot_values(cloud, monitored, alarm.metric_name, slots)
    compare = COMPARES[alarm.comparison_operator]
    breaching = sum(value is not None and compare(value, alarm.threshold) for value in values)
    missing = sum(value is None for value in values)
    if alarm.treat_missing_data == "breaching":
        breaching += missing
    elif alarm.treat_missing_data != "notBreaching" and missing == len(values):
        return "INSUFFICIENT_DATA"
    return "ALARM" if breaching >= alarm.datapoints_to_alarm else "OK"


def _describe(cloud: Cloud, account: Account, alarm: Alarm) -> Members:
    resource_type = alarm.monitored_arn.rpartition(":")[2].partition("/")[0]
    unit, statistic = KINDS[resource_type][alarm.metric_name]
    return alarm.describe() | {
        "monitoredResourceInfo": {
            "arn": alarm.monitored_arn,
            "name": alarm.monitored_name,
            "resourceType": resource_type,
        },
        "comparisonOperator": alarm.comparison_operator,
        "evaluationPeriods": alarm.evaluation_periods,
        "period": SLOT_SECONDS,
        "threshold": alarm.threshold,
        "datapointsToAlarm": alarm.datapoints_to_alarm,
        "treatMissingData": alarm.treat_missing_data,
        "statistic": statistic,
        "metricName": alarm.metric_name,
        "state": state(cloud, account, alarm),
        "unit": unit,
        "contactProtocols": alarm.contact_protocols,
        "notificationTriggers": alarm.notification_triggers,
        "notificationEnabled": alarm.notification_enabled,
        "tags": alarm.tag_list(),
    }


def _find(account: Account, region: str, name: str) -> Alarm:
    for alarm in account.alarms:
        if alarm.region == region and alarm.name == name:
            return alarm
    raise NotFoundException(f"The Alarm does not exist: {name}")


def _everything(account: Account) -> list[Monitored]:
    return [*account.instances, *account.relational_databases, *account.load_balancers]


def _monitored(account: Account, region: str, name: str) -> Monitored:
    for resource in _everything(account):
        if resource.region == region and resource.name == name:
            return resource
    raise NotFoundException(f"The monitored resource does not exist: {name}")


def _by_arn(account: Account, arn: str) -> Monitored | None:
    return next((resource for resource in _everything(account) if resource.arn == arn), None)


OPERATIONS: dict[str, c.Handler] = {"PutAlarm": put, "GetAlarms": get, "DeleteAlarm": delete, "TestAlarm": test}
