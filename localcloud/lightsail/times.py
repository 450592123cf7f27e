"""A time on the wire: seconds since 1970, or text, which botocore's validator lets pass as well."""

from __future__ import annotations

from datetime import UTC, datetime

from localcloud.lightsail.errors import InvalidInputException


def parse(value: float | str) -> datetime:
    """The time, in UTC.

    Raises:
        InvalidInputException: it is none.
    """
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return found if found.tzinfo else found.replace(tzinfo=UTC)
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise InvalidInputException(f"The time is not valid: {value}") from None
