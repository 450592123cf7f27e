"""How much a region may hold: the service's published quotas (AWS General Reference, Lightsail, November 2026)."""

from __future__ import annotations

from localcloud.lightsail import catalogue
from localcloud.lightsail.errors import InvalidInputException
from localcloud.lightsail.records import Account

INSTANCE_VCPUS = 20  # the quota's name is "Instances", and what it counts are their virtual processors
STATIC_IPS = 5
DATABASES = 40
LOAD_BALANCERS = 10
ATTACHED_DISKS_GB = 20_000


def check(account: Account, region: str) -> None:
    """Whether a region may hold what the account is about to hold there.

    Raises:
        InvalidInputException: it is more than the quota. The words are the service's for instances; for the others
            they are taken to be the same.
    """
    vcpus = sum(
        catalogue.bundle(instance.bundle_id, region)["cpuCount"]
        for instance in account.instances
        if instance.region == region
    )
    attached_gb = sum(disk.size_gb for disk in account.disks if disk.region == region and disk.attached_to)
    counts = (
        ("Instances", vcpus, INSTANCE_VCPUS),
        ("Static IPs", sum(item.region == region for item in account.static_ips), STATIC_IPS),
        ("Databases", sum(item.region == region for item in account.relational_databases), DATABASES),
        ("Load Balancers", sum(item.region == region for item in account.load_balancers), LOAD_BALANCERS),
        ("Attached Disks (GB)", attached_gb, ATTACHED_DISKS_GB),
    )
    for kind, count, most in counts:
        if count > most:
            raise InvalidInputException(f"Sorry, you've reached your maximum limit of Lightsail {kind} : {most}.")
