"""An export that is killed at any moment is made again, whole, and leaves nothing of the dead one."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from primetime.exports.storing import find_export
from primetime.jobs.exporting import run_export
from primetime.jobs.queue import ATTEMPTS
from primetime.settings import Settings

if TYPE_CHECKING:
    from conftest import ExportsBucket

SCRIPT = Path(__file__).parent / "export_until_killed.py"

_spec = importlib.util.spec_from_file_location("export_until_killed", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)


def kill_at(moment: str, settings: Settings, export_id: int, repository: Path) -> None:
    killed = subprocess.run(
        [sys.executable, str(SCRIPT), moment, json.dumps(settings.model_dump(mode="json")), str(export_id)],
        env=os.environ | {"PYTHONPATH": str(repository / "app")},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()


@pytest.mark.parametrize("moment", list(_module.MOMENTS))
def test_killed_at_a_moment(
    connection: psycopg.Connection,
    exports_settings: Settings,
    exports_bucket: "ExportsBucket",
    ask: Callable[..., int],
    account: int,
    repository: Path,
    moment: str,
) -> None:
    export_id = ask()
    kill_at(moment, exports_settings, export_id, repository)
    assert find_export(connection, account, export_id).bytes is None
    connection.rollback()
    run_export(exports_settings, export_id)
    done = find_export(connection, account, export_id)
    assert (done.articles, done.written, done.failure) == (3_000, 3_000, None)
    assert exports_bucket.files() == {done.object_key: done.bytes}
    assert exports_bucket.uploads() == []


def test_a_worker_that_dies_each_time_leaves_nothing(
    connection: psycopg.Connection,
    exports_settings: Settings,
    exports_bucket: "ExportsBucket",
    ask: Callable[..., int],
    account: int,
    look_after: Callable[[Settings], None],
    repository: Path,
) -> None:
    export_id = ask()
    kill_at("first part there", exports_settings, export_id, repository)
    assert len(exports_bucket.uploads()) == 1
    # As the queue sees it: the third attempt's worker has given no sign of life for a minute.
    connection.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '2 minutes')")
    connection.execute(
        "UPDATE procrastinate_jobs"
        " SET status = 'doing', attempts = %s, worker_id = (SELECT id FROM procrastinate_workers)",
        (ATTEMPTS - 1,),
    )
    connection.commit()

    look_after(exports_settings)
    failed = find_export(connection, account, export_id)
    assert (failed.state, failed.failure) == (
        "failed",
        "the worker died in attempt 3, the last one; look at the worker's log",
    )
    assert (exports_bucket.files(), exports_bucket.uploads()) == ({}, [])
