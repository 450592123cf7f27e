"""Whom a request comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from primetime.api.visitors import address_of, credentials_of


def address(forwarded: list[str], *, proxies: int, peer: str = "127.0.0.1") -> str:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return address_of({"type": "http", "client": (peer, 1), "headers": headers}, proxies=proxies)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        (["203.0.113.9"], 0, "127.0.0.1"),  # nobody stands before us: the header is the visitor's own words
        (["203.0.113.9"], 1, "203.0.113.9"),
        (["198.51.100.1, 203.0.113.9"], 1, "203.0.113.9"),
        (["198.51.100.1, 203.0.113.9, 192.0.2.7"], 2, "203.0.113.9"),  # made up, viewer, edge
        (["198.51.100.1", "203.0.113.9", "192.0.2.7"], 2, "203.0.113.9"),
        (["203.0.113.9"], 2, "203.0.113.9"),  # the server asking itself: shorter than the chain
        ([], 2, "127.0.0.1"),
        (["rubbish, 192.0.2.7"], 2, "127.0.0.1"),
        (["2001:db8:1:2:3:4:5:6"], 1, "2001:db8:1:2::/64"),
        (["::ffff:203.0.113.9"], 1, "203.0.113.9"),
    ],
)
def test_only_what_trusted_servers_wrote_is_believed(forwarded: list[str], proxies: int, expected: str) -> None:
    assert address(forwarded, proxies=proxies) == expected


@given(st.lists(st.ip_addresses(v=4).map(str), max_size=5))
def test_nothing_that_a_visitor_writes_changes_the_address(made_up: list[str]) -> None:
    assert address([", ".join([*made_up, "203.0.113.9", "192.0.2.7"])], proxies=2) == "203.0.113.9"


@pytest.mark.parametrize(
    ("headers", "session", "token"),
    [
        ({}, None, None),
        ({"cookie": "a=b; primetime_session=abc; c=d"}, "abc", None),
        ({"cookie": "primetime_session="}, None, None),
        ({"cookie": "x=primetime_session"}, None, None),
        ({"authorization": "Bearer pt_x"}, None, "pt_x"),
        ({"authorization": "bearer  pt_x "}, None, "pt_x"),
        ({"authorization": "Basic pt_x"}, None, None),
        ({"authorization": "Bearer"}, None, None),
        ({"cookie": "primetime_session=abc", "authorization": "Bearer t"}, "abc", "t"),
    ],
)
def test_what_a_request_shows(headers: dict[str, str], session: str | None, token: str | None) -> None:
    found = credentials_of(Headers(headers))
    assert (found.session, found.token) == (session, token)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_cookie_header_is_too_odd(header: str) -> None:
    credentials_of(Headers(raw=[(b"cookie", f"primetime_session={header}".encode("latin-1"))]))
