"""Names of origins to addresses: the endpoint's Route 53 zones first, then the machine's own resolver."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.edge.control_plane import Endpoint
from localcloud.edge.error_pages import EdgeError

KEPT = 2.0  # seconds; a changed record counts after this
LONGEST_CHAIN = 8  # CNAMEs followed, as resolvers do


class Resolver:
    """Looks names up in the hosted zones, read again every two seconds at most."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._client = endpoint.client("route53")
        self._lock = threading.Lock()
        self._records: dict[tuple[str, str], list[str]] = {}
        self._read_at = float("-inf")

    def addresses(self, name: str) -> list[str]:
        """Addresses of the name, at least one. Raises EdgeError 502 when nobody knows it."""
        asked = time.monotonic()
        found, wanted = _follow(self._zone_records(read_since=asked - KEPT), name)
        if not found:
            # A record that was made before this request must not look missing because of what was read earlier still.
            # Requests of a burst share a reading: the first one's begins after all of them had asked.
            found, wanted = _follow(self._zone_records(read_since=asked), name)
        if found:
            return found
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(wanted, None, type=socket.SOCK_STREAM)]
        except OSError as error:
            raise EdgeError(
                502, f"CloudFront wasn't able to resolve the origin domain name. Name: {name} ({error})"
            ) from error
        return list(dict.fromkeys(found))

    def _zone_records(self, *, read_since: float) -> dict[tuple[str, str], list[str]]:
        """The zones' records by name and type, of a reading that began at that moment (monotonic seconds) or later."""
        with self._lock:
            if self._read_at < read_since:
                began = time.monotonic()
                try:
                    self._records = self._read()
                except (BotoCoreError, ClientError):
                    # The endpoint is away: what it said last still stands, as a resolver's cache would.
                    if not self._records:
                        return {}
                self._read_at = began
            return self._records

    def _read(self) -> dict[tuple[str, str], list[str]]:
        records: dict[tuple[str, str], list[str]] = {}
        for page in self._client.get_paginator("list_hosted_zones").paginate():
            for zone in page["HostedZones"]:
                listing: Any = self._client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone["Id"])
                for record in (record for part in listing for record in part["ResourceRecordSets"]):
                    values = [value["Value"] for value in record.get("ResourceRecords", [])]
                    if values:
                        records[record["Name"].lower().rstrip("."), record["Type"]] = values
        return records


def _follow(records: dict[tuple[str, str], list[str]], name: str) -> tuple[list[str], str]:
    """The addresses at the end of the name's aliases, and the last name that was looked up."""
    wanted = name.lower().rstrip(".")
    for _ in range(LONGEST_CHAIN):
        if found := records.get((wanted, "A"), []) + records.get((wanted, "AAAA"), []):
            return found, wanted
        if not (alias := records.get((wanted, "CNAME"))):
            break
        wanted = alias[0].lower().rstrip(".")
    return [], wanted
