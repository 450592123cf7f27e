"""Telling a running endpoint something that no AWS client says: over its own paths, under /_localcloud/."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from localcloud.errors import NotRunningError, SettingError
from localcloud.settings import Settings

SECONDS = 30


def tell(settings: Settings, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
    """Ask the endpoint; its answer, parsed.

    Raises:
        NotRunningError: nothing answers.
        SettingError: the endpoint refuses what it is told.
    """
    body = None if content is None else json.dumps(content).encode()
    # The address is the local cloud's own.
    request = urllib.request.Request(f"{settings.endpoint_url}{path}", body, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as reply:  # noqa: S310
            return json.load(reply)
    except urllib.error.HTTPError as error:
        raise SettingError(error.read().decode(errors="replace"), "see --help") from None
    except OSError as error:
        raise NotRunningError(
            f"the local cloud {settings.name} does not answer at {settings.endpoint_url} ({error})",
            "start it: localcloud up",
        ) from None
