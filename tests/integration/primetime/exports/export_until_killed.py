"""Run by a test in a process of its own: makes an export, and dies as by `kill -9` at the moment it is told."""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from botocore.client import BaseClient

from primetime.jobs import exporting
from primetime.settings import Settings


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after_call(operation: str, calls: int = 1) -> None:
    """Die when S3 has answered a call for the so-many-th time."""
    original: Callable[..., Any] = BaseClient._make_api_call
    left = calls

    def calling(self: Any, name: str, *arguments: Any) -> Any:
        nonlocal left
        reply = original(self, name, *arguments)
        if name == operation:
            left -= 1
            if left == 0:
                die()
        return reply

    BaseClient._make_api_call = calling


def die_after_look_up() -> None:
    original = exporting.look_up

    def looking(*arguments: Any, **options: Any) -> Any:
        original(*arguments, **options)
        die()

    exporting.look_up = looking


MOMENTS = {
    "looked up": die_after_look_up,
    "upload begun": lambda: die_after_call("CreateMultipartUpload"),
    "first part there": lambda: die_after_call("UploadPart"),
    "all parts there": lambda: die_after_call("UploadPart", 2),
    "file there, not told": lambda: die_after_call("CompleteMultipartUpload"),
}

if __name__ == "__main__":
    moment, settings_json, export_id = sys.argv[1:]
    MOMENTS[moment]()
    exporting.run_export(Settings.model_validate_json(settings_json), int(export_id))
