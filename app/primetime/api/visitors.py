"""Where a request comes from, and what it shows of who sent it."""

import ipaddress
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.types import Scope

from primetime.accounts.principals import Credentials

COOKIE = "primetime_session"


def address_of(scope: Scope, *, proxies: int) -> str:
    """The visitor's address; an IPv6 one as its /64, which is one household.

    `proxies` is how many trusted servers stand before this one, each of which appends to X-Forwarded-For the address
    that it was asked from. What stands further left was written by the visitor and is not believed, and neither is any
    of it where no proxy stands before this server.
    """
    peer = scope["client"][0] if scope.get("client") else "unknown"
    address = peer
    if proxies:
        fields = Headers(scope=scope).getlist("x-forwarded-for")
        hops = [part.strip() for part in ",".join(fields).split(",") if part.strip()]
        if hops:
            address = hops[-min(proxies, len(hops))]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return peer
    if parsed.version == 6:
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def credentials_of(headers: Headers) -> Credentials:
    """The session's cookie, and the token of an `Authorization: Bearer …`."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return Credentials(
        session=_cookie(headers.get("cookie", "")), token=token.strip() or None if kind.lower() == "bearer" else None
    )


def _cookie(header: str) -> str | None:
    if COOKIE not in header:
        return None
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return found.value if found and found.value else None
