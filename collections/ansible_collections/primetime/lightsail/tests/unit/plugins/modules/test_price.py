"""Prices are the service's, added in cents."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.modules.price import priced, table, total_of
from hypothesis import given
from hypothesis import strategies as st

BUNDLES: dict[str, dict[str, dict[str, Any]]] = {
    "instance": {"medium_3_0": {"price": 24.0}, "medium_ipv6_3_0": {"price": 20.0}, "nano_3_0": {"price": 5.0}},
    "database": {"micro_2_0": {"price": 15.0}},
}


def line(kind: str, **options: Any) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": "thing",
        "bundle_id": None,
        "quantity": 1,
        "monthly_usd": None,
        "note": None,
        **options,
    }


def test_bundles_are_priced_by_the_service() -> None:
    lines = [
        priced(line("instance", bundle_id="medium_3_0"), BUNDLES),
        priced(line("database", bundle_id="micro_2_0", quantity=2), BUNDLES),
        priced(line("static_ip"), BUNDLES),
        priced(line("other", monthly_usd=0.5, note="list price"), BUNDLES),
    ]
    assert [one["monthly_usd"] for one in lines] == [24.0, 30.0, 0.0, 0.5]
    assert total_of(lines) == 54.5


@pytest.mark.parametrize(
    ("planned", "usd", "note"),
    [
        (line("disk", size_gb=80), 8.0, "80 GB, published price, November 2026"),
        (line("snapshot", size_gb=12.5, quantity=7), 4.34, "12.5 GB, published price, November 2026"),
        (line("load_balancer"), 18.0, "published price, November 2026"),
        (line("disk", size_gb=80, monthly_usd=9.6, note="Sao Paulo"), 9.6, "Sao Paulo"),
    ],
)
def test_what_the_service_does_not_price_has_the_published_price_or_the_given_one(
    planned: dict[str, Any], usd: float, note: str
) -> None:
    found = priced(planned, BUNDLES)
    assert (found["monthly_usd"], found["note"]) == (usd, note)


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(RefusedError, match="size_gb of thing is -1"):
        priced(line("snapshot", size_gb=-1), BUNDLES)


def test_an_unknown_bundle_is_refused_with_the_nearest_and_their_prices() -> None:
    with pytest.raises(RefusedError, match=r"'medum_3_0' isn't offered.*medium_3_0 \(\$24.00 a month\)"):
        priced(line("instance", bundle_id="medum_3_0"), BUNDLES)


def test_a_negative_quantity_is_refused() -> None:
    with pytest.raises(RefusedError, match="negative"):
        priced(line("static_ip", quantity=-1), BUNDLES)


def test_the_table_is_aligned_and_ends_with_the_total() -> None:
    rows = table([priced(line("instance", bundle_id="medium_3_0"), BUNDLES)], 24.0)
    assert rows == [
        "what   bundle      number  USD/month",
        "thing  medium_3_0       1      24.00",
        "total                          24.00",
    ]


@given(st.lists(st.integers(0, 100_000), max_size=30))
def test_cents_never_drift(prices: list[int]) -> None:
    lines = [{"monthly_usd": cents / 100} for cents in prices]
    assert round(total_of(lines) * 100) == sum(prices)
