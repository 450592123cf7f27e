"""Instances' health in Lightsail's words, from what HAProxy's checks found."""

from __future__ import annotations

import csv
from collections.abc import Mapping

from localcloud.lightsail.balancer_config import BACKEND

# HAProxy's check status → Lightsail's reason.
REASONS = {
    "L7STS": "Instance.ResponseCodeMismatch",
    "L4TOUT": "Instance.Timeout",
    "L6TOUT": "Instance.Timeout",
    "L7TOUT": "Instance.Timeout",
}

Health = tuple[str, str]  # state and reason; a healthy instance has no reason


def of(statistics: str) -> dict[str, Health]:
    """Each server's health by name, from HAProxy's `show stat`."""
    lines = [line for line in statistics.removeprefix("# ").splitlines() if line]
    rows = csv.DictReader(lines)
    return {
        row["svname"]: _health(row) for row in rows if row["pxname"] == BACKEND and row["svname"] not in ("BACKEND",)
    }


def _health(row: Mapping[str, str]) -> Health:
    # An asterisk marks a check that is underway: what comes after it is of the one before.
    check = row["check_status"].removeprefix("* ")
    if row["status"].startswith("UP"):
        return "healthy", ""
    if check in ("", "INI", "L7OK"):
        return "initial", "Lb.InitialHealthChecking"
    return "unhealthy", REASONS.get(check, "Instance.FailedHealthChecks")
