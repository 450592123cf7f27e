"""The TLS policies of load balancers.

Source: "Configure TLS security policies on your Amazon Lightsail load balancers" in the user guide; their ciphers are
those of the policies ELBSecurityPolicy-2016-08 and ELBSecurityPolicy-FS-1-2-Res-2019-08, on which they are built.
"""

from __future__ import annotations

from dataclasses import dataclass

from localcloud.lightsail.errors import InvalidInputException

FORWARD_SECRET = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES128-SHA256",
    "ECDHE-RSA-AES128-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-AES256-SHA384",
    "ECDHE-RSA-AES256-SHA384",
)
OLDER = (
    "ECDHE-ECDSA-AES128-SHA",
    "ECDHE-RSA-AES128-SHA",
    "ECDHE-RSA-AES256-SHA",
    "ECDHE-ECDSA-AES256-SHA",
    "AES128-GCM-SHA256",
    "AES128-SHA256",
    "AES128-SHA",
    "AES256-GCM-SHA384",
    "AES256-SHA256",
    "AES256-SHA",
)


@dataclass(frozen=True, kw_only=True)
class TlsPolicy:
    """What a listener's clients may speak; ciphers by OpenSSL's names, in order of preference."""

    name: str
    description: str
    protocols: tuple[str, ...]
    ciphers: tuple[str, ...]


DEFAULT = TlsPolicy(
    name="TLS-2016-08",
    description="TLS 1.0 to 1.2, for old clients too",
    protocols=("TLSv1.0", "TLSv1.1", "TLSv1.2"),
    ciphers=FORWARD_SECRET + OLDER,
)
STRICT = TlsPolicy(
    name="TLS-FS-Res-1-2-2019-08",
    description="TLS 1.2 with forward secrecy",
    protocols=("TLSv1.2",),
    ciphers=FORWARD_SECRET,
)
POLICIES = {policy.name: policy for policy in (DEFAULT, STRICT)}


def named(name: str) -> TlsPolicy:
    """The policy. Raises InvalidInputException where there is none of that name."""
    if name not in POLICIES:
        raise InvalidInputException(f"The TLS policy is not valid: {name}", f"use {' or '.join(POLICIES)}")
    return POLICIES[name]
