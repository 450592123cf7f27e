"""What stops the local cloud: each error says its cause in one line, then what to do, and has its own exit status."""

from __future__ import annotations


class LocalcloudError(Exception):
    """The local cloud cannot go on."""

    exit_status = 1

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.cause}; {self.remedy}"


class DockerUnreachableError(LocalcloudError):
    """Docker does not answer."""

    exit_status = 10


class PortInUseError(LocalcloudError):
    """Another program listens on a port that the local cloud needs."""

    exit_status = 11


class NoSpaceError(LocalcloudError):
    """The disk is too full."""

    exit_status = 12


class NoNetworkError(LocalcloudError):
    """Debian's package mirror cannot be reached."""

    exit_status = 13


class ImageBuildError(LocalcloudError):
    """An image could not be built for another reason than space or network."""

    exit_status = 14


class ProcessStartError(LocalcloudError):
    """The endpoint or the edge stopped, or did not answer in time."""

    exit_status = 15


class SubnetInUseError(LocalcloudError):
    """The subnet of the local cloud's network overlaps another one."""

    exit_status = 16


class LeftoverError(LocalcloudError):
    """Docker holds machines of a local cloud with this name that this state directory knows nothing of."""

    exit_status = 19


class NotRunningError(LocalcloudError):
    """The local cloud is not up."""

    exit_status = 18


class SettingError(LocalcloudError):
    """A LOCALCLOUD_… variable or an option cannot be used."""

    exit_status = 17
