"""Cache, origin request and response headers policies: three kinds that differ only in their names."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.aws.cloudfront import managed_policies, policy_config
from localcloud.aws.cloudfront.errors import CloudFrontError
from localcloud.aws.cloudfront.preconditions import check_version, existing
from localcloud.aws.cloudfront.store import Record, Store, new_id, now, page

MANAGED_SINCE = "2020-07-22T00:00:00Z"  # the day cache policies were announced


@dataclass(frozen=True, kw_only=True)
class PolicyKind:
    """One kind of policy; `name` as it stands in the API's operations and members, e.g. CachePolicy.

    `completed` fills in what a configuration leaves out and raises CloudFrontError for what CloudFront refuses.
    """

    name: str
    table: str
    managed: Mapping[str, dict[str, Any]]
    completed: Callable[[dict[str, Any]], dict[str, Any]]

    @property
    def missing(self) -> str:
        return f"NoSuch{self.name}"

    @property
    def behaviour_member(self) -> str:
        """The member of a cache behaviour that names a policy of this kind."""
        return f"{self.name}Id"

    def exists(self, store: Store, policy_id: str) -> bool:
        return policy_id in self.managed or policy_id in store.table(self.table)

    def create(self, store: Store, parameters: dict[str, Any]) -> Record:
        config = self.completed(parameters[f"{self.name}Config"])
        self._check_name(store, config["Name"], but=None)
        with store.changing():
            record: Record = {"Id": str(uuid.uuid4()), "ETag": new_id(), "LastModifiedTime": now(), "Config": config}
            store.table(self.table)[record["Id"]] = record
        return self._result(record) | {"Location": f"https://cloudfront.amazonaws.com/2020-05-31/{record['Id']}"}

    def get(self, store: Store, parameters: dict[str, Any]) -> Record:
        return self._result(self._find(store, parameters["Id"]))

    def get_config(self, store: Store, parameters: dict[str, Any]) -> Record:
        record = self._find(store, parameters["Id"])
        return {f"{self.name}Config": record["Config"], "ETag": record["ETag"]}

    def update(self, store: Store, parameters: dict[str, Any]) -> Record:
        record = self._own(store, parameters["Id"], "IllegalUpdate")
        check_version(parameters, record)
        config = self.completed(parameters[f"{self.name}Config"])
        self._check_name(store, config["Name"], but=record["Id"])
        with store.changing():
            record.update(Config=config, ETag=new_id(), LastModifiedTime=now())
        return self._result(record)

    def delete(self, store: Store, parameters: dict[str, Any]) -> None:
        record = self._own(store, parameters["Id"], "IllegalDelete")
        check_version(parameters, record)
        for distribution in store.table("distributions").values():
            config = distribution["Config"]
            behaviours = [config["DefaultCacheBehavior"], *config["CacheBehaviors"].get("Items", [])]
            if any(behaviour.get(self.behaviour_member) == record["Id"] for behaviour in behaviours):
                raise CloudFrontError(f"{self.name}InUse", f"Distribution {distribution['Id']} uses the policy.")
        with store.changing():
            del store.table(self.table)[record["Id"]]

    def list_all(self, store: Store, parameters: dict[str, Any]) -> Record:
        wanted = parameters.get("Type")
        records = []
        if wanted in (None, "managed"):
            records += [self._managed_record(policy_id) | {"Type": "managed"} for policy_id in self.managed]
        if wanted in (None, "custom"):
            records += [record | {"Type": "custom"} for record in store.table(self.table).values()]
        listing = page(records, "Id", parameters)
        if records := listing.get("Items", []):
            listing["Items"] = [
                {"Type": record["Type"], self.name: self._result(record)[self.name]} for record in records
            ]
        return {f"{self.name}List": listing}

    def _find(self, store: Store, policy_id: str) -> Record:
        if policy_id in self.managed:
            return self._managed_record(policy_id)
        return existing(store, self.table, policy_id, self.missing)

    def _own(self, store: Store, policy_id: str, refusal: str) -> Record:
        if policy_id in self.managed:
            raise CloudFrontError(refusal, "A policy that AWS manages cannot be changed or deleted.")
        return existing(store, self.table, policy_id, self.missing)

    def _managed_record(self, policy_id: str) -> Record:
        etag = "E" + policy_id.replace("-", "").upper()[:13]
        return {
            "Id": policy_id,
            "ETag": etag,
            "LastModifiedTime": MANAGED_SINCE,
            "Config": self.managed[policy_id],
        }

    def _result(self, record: Record) -> Record:
        policy = {
            "Id": record["Id"],
            "LastModifiedTime": record["LastModifiedTime"],
            f"{self.name}Config": record["Config"],
        }
        return {self.name: policy, "ETag": record["ETag"]}

    def _check_name(self, store: Store, name: str, *, but: str | None) -> None:
        taken = [config["Name"] for config in self.managed.values()]
        taken += [record["Config"]["Name"] for key, record in store.table(self.table).items() if key != but]
        if name in taken:
            raise CloudFrontError(f"{self.name}AlreadyExists", f"A policy named {name} already exists.")


CACHE_POLICY = PolicyKind(
    name="CachePolicy",
    table="cache_policies",
    managed=managed_policies.CACHE,
    completed=policy_config.cache_policy,
)
ORIGIN_REQUEST_POLICY = PolicyKind(
    name="OriginRequestPolicy",
    table="origin_request_policies",
    managed=managed_policies.ORIGIN_REQUEST,
    completed=policy_config.origin_request_policy,
)
RESPONSE_HEADERS_POLICY = PolicyKind(
    name="ResponseHeadersPolicy",
    table="response_headers_policies",
    managed=managed_policies.RESPONSE_HEADERS,
    completed=policy_config.response_headers_policy,
)
