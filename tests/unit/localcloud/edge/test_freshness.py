"""How long a response is kept."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.edge.freshness import lifetime
from localcloud.edge.messages import Headers

POLICY = {"MinTTL": 1, "DefaultTTL": 86_400, "MaxTTL": 1_000_000}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 86_400),
        ({"Cache-Control": "max-age=60"}, 60),
        ({"Cache-Control": "public, max-age=60, s-maxage=30"}, 30),
        ({"Cache-Control": "max-age=0"}, 1),
        ({"Cache-Control": "max-age=99999999"}, 1_000_000),
        ({"Cache-Control": "no-store"}, 1),
        ({"Cache-Control": "private, max-age=60"}, 1),
        ({"Cache-Control": 'max-age="60"'}, 60),
        ({"Cache-Control": "max-age=soon"}, 86_400),
        ({"Expires": "0"}, 1),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 1),
    ],
)
def test_what_the_origin_says(headers: dict[str, str], seconds: float) -> None:
    assert lifetime(POLICY, Headers(headers.items())) == seconds


def test_a_date_of_expiry() -> None:
    expires = formatdate(time.time() + 500, usegmt=True)
    assert 490 < lifetime(POLICY, Headers([("Expires", expires)])) <= 500


def test_caching_disabled_keeps_nothing() -> None:
    disabled = {"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0}
    assert lifetime(disabled, Headers()) == 0
    assert lifetime(disabled, Headers([("Cache-Control", "max-age=60")])) == 0


@given(st.text(), st.text())
def test_any_header_gives_a_lifetime_within_the_policys_bounds(control: str, expires: str) -> None:
    seconds = lifetime(POLICY, Headers([("Cache-Control", control), ("Expires", expires)]))
    assert POLICY["MinTTL"] <= seconds <= POLICY["MaxTTL"]
