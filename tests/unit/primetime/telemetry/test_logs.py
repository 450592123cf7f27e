import logging

import pytest
import structlog

from primetime.settings import Settings
from primetime.telemetry.logs import configure_logs

PASSWORD = "correct horse battery staple"


def fail(password: str) -> None:
    cookie = f"primetime_session={password}"
    raise ValueError(f"{len(cookie)} characters are too few")


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("logger", [structlog.get_logger(), logging.getLogger("procrastinate.worker")])
def test_a_traceback_tells_no_local_variable(
    log_format: str, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(Settings(log_format=log_format))
    try:
        fail(PASSWORD)
    except ValueError:
        logger.exception("it failed")
    line = capsys.readouterr().err
    assert "it failed" in line
    assert "characters are too few" in line
    assert "test_logs.py" in line
    assert PASSWORD not in line
