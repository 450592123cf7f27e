"""How much an account, else an address, may ask for in an hour."""

import time
from dataclasses import dataclass
from enum import StrEnum

from primetime.api.shelf import Shelf
from primetime.settings import Settings


class Use(StrEnum):
    """What a request is counted as."""

    GENERAL = "general"
    MODEL = "model"
    SEARCH = "search"
    EXPORT = "export"
    SIGN_IN = "sign-in"  # by address, whatever the account


@dataclass(frozen=True, kw_only=True)
class Policy:
    """So many requests in windows of so many seconds that begin with the clock."""

    use: Use
    quota: int
    seconds: int = 3600


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How somebody stands under a policy after a request was counted."""

    policy: Policy
    remaining: int
    reset: int  # seconds until the window ends
    exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-09, and Retry-After for who has asked too often."""
        name = f'"{self.policy.use}"'
        fields = {
            "RateLimit-Policy": f"{name};q={self.policy.quota};w={self.policy.seconds}",
            "RateLimit": f"{name};r={self.remaining};t={self.reset}",
        }
        return fields | ({"Retry-After": str(self.reset)} if self.exceeded else {})


class Allowance:
    """Counts requests on a shelf. A shelf that is lost forgives what was asked for before; it refuses nobody."""

    def __init__(self, shelf: Shelf, settings: Settings) -> None:
        self._shelf = shelf
        self._policies = {
            Use.GENERAL: Policy(use=Use.GENERAL, quota=settings.limit_general),
            Use.MODEL: Policy(use=Use.MODEL, quota=settings.limit_model),
            Use.SEARCH: Policy(use=Use.SEARCH, quota=settings.limit_search),
            Use.EXPORT: Policy(use=Use.EXPORT, quota=settings.limit_export),
            # One address may be a whole hospital.
            Use.SIGN_IN: Policy(use=Use.SIGN_IN, quota=settings.limit_sign_in, seconds=60),
        }

    async def count(self, use: Use, key: str) -> Standing:
        """Count one request of somebody."""
        policy = self._policies[use]
        now = time.time()
        window = int(now // policy.seconds)
        count = await self._shelf.increment(f"allowance:{use}:{key}:{window}", seconds=policy.seconds)
        return Standing(
            policy=policy,
            remaining=max(0, policy.quota - count),
            reset=max(1, int((window + 1) * policy.seconds - now)),
            exceeded=count > policy.quota,
        )
