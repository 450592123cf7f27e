import logging

import psycopg
import pytest
import structlog

from primetime.settings import Settings
from primetime.telemetry.logs import configure_logs

PASSWORD = "correct horse battery staple"
EMAIL = "ada@example.org"


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


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_what_a_database_error_quotes_is_told_nowhere_in_a_traceback(
    log_format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(Settings(log_format=log_format))
    quoting = psycopg.IntegrityError(f"it is there already\nDETAIL:  Key (email)=({EMAIL}) already exists.")
    try:
        try:
            raise quoting
        except psycopg.Error as error:
            raise ExceptionGroup("two went wrong", [psycopg.DataError(f'no number: "{EMAIL}"'), error]) from None
    except ExceptionGroup:
        structlog.get_logger().exception("it failed")
    try:
        raise RuntimeError("further up") from quoting
    except RuntimeError:
        logging.getLogger("procrastinate.worker").exception("it failed again")
    told = capsys.readouterr().err
    assert told.count("it is there already") == 2
    assert "no number" in told
    assert EMAIL not in told
