"""Estimates are added in cents, over days that make sense."""

from __future__ import annotations

from datetime import date

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.cost_estimate_info import span, summed, table

TODAY = date(2026, 11, 24)


def test_without_days_it_is_this_month() -> None:
    assert span(None, None, TODAY) == (date(2026, 11, 1), TODAY)
    assert span(None, "2026-10-31", TODAY) == (date(2026, 10, 1), date(2026, 10, 31))


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("soon", None, "is no date"),
        ("2026-11-25", None, "is after end"),
        ("2026-01-01", "2026-11-01", "longer than the three months"),
    ],
)
def test_days_that_make_no_sense_are_refused(start: str, end: str | None, told: str) -> None:
    with pytest.raises(RefusedError, match=told):
        span(start, end, TODAY)


def test_a_resources_days_are_added_before_they_are_rounded() -> None:
    days = [{"usageCost": 0.004}] * 3
    budget = [{"resourceType": "Instance", "costEstimates": [{"usageType": "hours", "resultsByTime": days}]}]
    assert summed(budget, "web") == {"name": "web", "type": "Instance", "usd": 0.01, "usage": {"hours": 0.01}}
    assert summed([], "web")["usd"] == 0.0


def test_the_table_ends_with_the_total() -> None:
    assert table([{"name": "web", "type": "Instance", "usd": 3.5}], 3.5) == [
        "what   kind       USD",
        "web    Instance  3.50",
        "total            3.50",
    ]
