"""The settings of one local cloud, read from the environment."""

from __future__ import annotations

import ipaddress
import os
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localcloud.errors import SettingError

REPOSITORY = Path(__file__).resolve().parent.parent
# Any pair of keys signs a request to the local cloud; tools only insist that there is one.
ACCESS_KEY_ID = "localcloud"
SECRET_ACCESS_KEY = "localcloud"  # noqa: S105
REGION = "eu-central-1"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One local cloud. Several run side by side when name, ports and subnet differ."""

    name: str
    state_directory: Path
    port: int  # the AWS endpoint's, on 127.0.0.1 and the gateway
    edge_port: int  # CloudFront's edge, on 127.0.0.1
    subnet: ipaddress.IPv4Network  # a /16: its lower half is private, its upper half plays the public addresses
    debian_mirror: str
    literature_port: int = 4600  # PubMed's and the citation sources' stand-in, on 127.0.0.1 and the gateway
    archive_seconds: int = 60  # how often a database's WAL is archived; on RDS every 5 minutes

    @property
    def endpoint_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def edge_url(self) -> str:
        return f"http://localhost:{self.edge_port}"

    @property
    def literature_url(self) -> str:
        return f"http://127.0.0.1:{self.literature_port}"

    @property
    def network(self) -> str:
        """Docker's name of the network that machines and databases are on."""
        return f"localcloud-{self.name}"

    @property
    def private_addresses(self) -> ipaddress.IPv4Network:
        return next(self.subnet.subnets(prefixlen_diff=1))

    @property
    def public_addresses(self) -> ipaddress.IPv4Network:
        return list(self.subnet.subnets(prefixlen_diff=1))[1]

    @property
    def gateway(self) -> ipaddress.IPv4Address:
        return self.subnet.network_address + 1

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read `LOCALCLOUD_*`.

        Raises:
            SettingError: a name, port or subnet that cannot be used.
        """
        name = environment.get("LOCALCLOUD_NAME") or "demo"
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,30}", name):
            raise SettingError(
                f"LOCALCLOUD_NAME is {name!r}",
                "use at most 31 lower-case letters, digits and hyphens, hyphen not first",
            )
        state = environment.get("LOCALCLOUD_STATE")
        return cls(
            name=name,
            state_directory=(Path(state) if state else REPOSITORY / ".localcloud" / name).absolute(),
            port=_port(environment, "LOCALCLOUD_PORT", 4566),
            edge_port=_port(environment, "LOCALCLOUD_EDGE_PORT", 8080),
            literature_port=_port(environment, "LOCALCLOUD_LITERATURE_PORT", 4600 + zlib.crc32(name.encode()) % 300),
            subnet=_subnet(environment, name),
            debian_mirror=environment.get("LOCALCLOUD_DEBIAN_MIRROR") or "http://deb.debian.org/debian",
            archive_seconds=_seconds(environment, "LOCALCLOUD_ARCHIVE_SECONDS", 60),
        )

    def as_environment(self) -> dict[str, str]:
        """The variables that make another process read these same settings."""
        return {
            "LOCALCLOUD_NAME": self.name,
            "LOCALCLOUD_STATE": str(self.state_directory),
            "LOCALCLOUD_PORT": str(self.port),
            "LOCALCLOUD_EDGE_PORT": str(self.edge_port),
            "LOCALCLOUD_LITERATURE_PORT": str(self.literature_port),
            "LOCALCLOUD_SUBNET": str(self.subnet),
            "LOCALCLOUD_DEBIAN_MIRROR": self.debian_mirror,
            "LOCALCLOUD_ARCHIVE_SECONDS": str(self.archive_seconds),
        }


def _port(environment: Mapping[str, str], variable: str, default: int) -> int:
    text = environment.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingError(f"{variable} is {text!r}", "set it to a port number from 1 to 65535")
    return int(text)


def _seconds(environment: Mapping[str, str], variable: str, default: int) -> int:
    text = environment.get(variable) or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 3600:
        raise SettingError(f"{variable} is {text!r}", "set it to a number of seconds from 1 to 3600")
    return int(text)


def _subnet(environment: Mapping[str, str], name: str) -> ipaddress.IPv4Network:
    # Each name gets a /16 of its own by default, so that a test's cloud stands beside the demo's.
    default = "10.201.0.0/16" if name == "demo" else f"10.{202 + zlib.crc32(name.encode()) % 50}.0.0/16"
    text = environment.get("LOCALCLOUD_SUBNET") or default
    try:
        subnet = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise SettingError(
            f"LOCALCLOUD_SUBNET is {text!r}: {error}", "set it to a private subnet such as 10.201.0.0/16"
        ) from None
    if subnet.prefixlen > 24:
        raise SettingError(f"LOCALCLOUD_SUBNET {text} has too few addresses", "set it to a /24 or larger")
    return subnet
