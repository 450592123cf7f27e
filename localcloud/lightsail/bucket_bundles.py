"""GetBucketBundles: what Lightsail's object storage costs; buckets themselves are S3's here.

A copy, made in November 2026, of the published list in US dollars a month (https://aws.amazon.com/lightsail/pricing/).
"""

from __future__ import annotations

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members


def get(_cloud: Cloud, _region: str, _members: Members) -> Members:
    listed = [("small_1_0", "Object Storage 5 GB", 1.0, 5, 25)]
    listed += [("medium_1_0", "Object Storage 100 GB", 3.0, 100, 250)]
    listed += [("large_1_0", "Object Storage 250 GB", 5.0, 250, 500)]
    return {
        "bundles": [
            {
                "bundleId": identifier,
                "name": name,
                "price": price,
                "storagePerMonthInGb": storage,
                "transferPerMonthInGb": transfer,
                "isActive": True,
            }
            for identifier, name, price, storage, transfer in listed
        ]
    }


OPERATIONS: dict[str, c.Handler] = {"GetBucketBundles": get}
