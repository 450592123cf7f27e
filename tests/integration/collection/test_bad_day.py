"""The provision playbook on a day when AWS throttles calls and loses replies; machines and servers are stood in for."""

import json
from typing import TYPE_CHECKING, Any

import boto3

from localcloud.faults.rules import Fault, Kind

if TYPE_CHECKING:
    from conftest import LocalCloud

# Each call that buys something also loses its reply once: the caller can't know whether it was carried out.
BUYING = (
    "ImportKeyPair",
    "CreateInstances",
    "AllocateStaticIp",
    "CreateRelationalDatabase",
    "PutParameter",
    "CreateContactMethod",
    "PutAlarm",
    "PUT /prime-time-frontend-local",
    "CreateUser",
    "CreateAccessKey",
    "POST /2013-04-01/hostedzone",
    "POST /2020-05-31/distribution",
    "POST /2020-05-31/function",
    "POST /2020-05-31/origin-access-control",
    "POST /2020-05-31/response-headers-policy",
)


def test_provision_converges_and_buys_nothing_twice(local_cloud: "LocalCloud") -> None:
    predicted, calls = local_cloud.provision("--check")
    assert calls == []

    for operation in BUYING:
        local_cloud.book.add(Fault(kind=Kind.LOSE_REPLY, operation=operation, count=1))
    local_cloud.book.add(Fault(kind=Kind.THROTTLE, share=0.3, seed=1))
    local_cloud.book.add(Fault(kind=Kind.LOSE_REPLY, share=0.1, seed=1))
    made, calls = local_cloud.provision()
    assert predicted == made
    *directed, throttled, lost = local_cloud.book.listed().faults
    assert [fault.met for fault in directed] == [1] * len(BUYING)
    assert throttled.met >= 10
    assert lost.met >= 3
    assert standing(local_cloud) == AT_LIGHTSAIL | AT_MOTO

    local_cloud.book.clear()
    assert local_cloud.provision() == ([], [])

    drift_by_hand(local_cloud)
    predicted, calls = local_cloud.provision("--check")
    assert predicted == ["storage : Have the buckets", "domain : Point the origin's name at the server"]
    assert calls == []
    mended, _ = local_cloud.provision()
    assert mended == predicted


AT_LIGHTSAIL = {"instances": 1, "databases": 1, "static_ips": 1, "key_pairs": 1, "alarms": 7, "contact_methods": 1}
AT_MOTO = {
    "zones": 1,
    "records": 1,
    "buckets": 3,
    "distributions": 1,
    "access_controls": 1,
    "functions": 1,
    "headers": 1,
    "users": 1,
    "access_keys": 1,
}


def client(local_cloud: "LocalCloud", service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{local_cloud.environment['LOCALCLOUD_PORT']}",
        region_name="eu-central-1",
        aws_access_key_id="localcloud-edge",  # which meets no faults
        aws_secret_access_key="secret",
    )


def drift_by_hand(local_cloud: "LocalCloud") -> None:
    """Suspend a bucket's versions, and point the origin's name elsewhere."""
    client(local_cloud, "s3").put_bucket_versioning(
        Bucket="prime-time-models-local", VersioningConfiguration={"Status": "Suspended"}
    )
    route53 = client(local_cloud, "route53")
    (zone,) = (zone for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == "prime-time.test.")
    record = {
        "Name": "origin.prime-time.test.",
        "Type": "A",
        "TTL": 300,
        "ResourceRecords": [{"Value": "192.0.2.7"}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=zone["Id"], ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    )
    assert len(local_cloud.changing_calls()) == 2


def standing(local_cloud: "LocalCloud") -> dict[str, int]:
    """How many there are of each kind of resource."""
    with local_cloud.cloud.store.reading() as account:
        found = {
            "instances": len(account.instances),
            "databases": len(account.relational_databases),
            "static_ips": len(account.static_ips),
            "key_pairs": len(account.key_pairs),
            "alarms": len(account.alarms),
            "contact_methods": len(account.contact_methods),
        }
    route53, s3, cloudfront = (client(local_cloud, service) for service in ("route53", "s3", "cloudfront"))
    zones = [zone for zone in route53.list_hosted_zones()["HostedZones"] if zone["Name"] == "prime-time.test."]
    records = [
        record
        for zone in zones
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if record["Type"] == "A"
    ]
    listed = {
        "distributions": cloudfront.list_distributions()["DistributionList"].get("Items", []),
        "access_controls": cloudfront.list_origin_access_controls()["OriginAccessControlList"].get("Items", []),
        "headers": cloudfront.list_response_headers_policies()["ResponseHeadersPolicyList"].get("Items", []),
        "functions": cloudfront.list_functions(Stage="LIVE")["FunctionList"].get("Items", []),
    }
    iam = client(local_cloud, "iam")
    users = [user["UserName"] for user in iam.list_users()["Users"] if user["UserName"].startswith("prime-time-local")]
    keys = [key for user in users for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]]
    found |= {"zones": len(zones), "records": len(records), "users": len(users), "access_keys": len(keys)}
    found["buckets"] = sum(bucket["Name"].startswith("prime-time-") for bucket in s3.list_buckets()["Buckets"])
    for kind, items in listed.items():
        found[kind] = sum("prime-time-local" in json.dumps(item, default=str) for item in items)
    return found
