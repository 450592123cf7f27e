"""Settings from the environment."""

import stat
from pathlib import Path

import pytest

from primetime.errors import BadInput
from primetime.settings import Settings, load_settings, session_secret


def test_a_setting_that_cannot_be_read_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMETIME_PORT", "s3cret")
    with pytest.raises(BadInput, match="PRIMETIME_PORT") as caught:
        load_settings()
    assert "s3cret" not in caught.value.one_line


def test_by_hand_the_session_secret_is_made_once(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new", database_url="", session_secret="")
    first = session_secret(settings)
    assert len(first) == 64
    assert session_secret(settings) == first
    assert stat.S_IMODE((tmp_path / "new" / "session-secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(("secret", "cause"), [("", "is not set"), ("short", "shorter than 32")])
def test_an_outside_database_needs_a_session_secret(secret: str, cause: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql://x", session_secret=secret)
    with pytest.raises(BadInput, match=cause):
        session_secret(settings)


def test_secrets_are_not_printed() -> None:
    printed = repr(Settings(database_url="postgresql://u:hunter2@h/d", session_secret="hunter3"))
    assert "hunter" not in printed


@pytest.mark.parametrize("address", ["", "localhost:8080", "ftp://x", "http://"])
def test_a_public_url_must_be_an_address(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIMETIME_PUBLIC_URL", address)
    with pytest.raises(BadInput, match="PRIMETIME_PUBLIC_URL"):
        load_settings()


def test_the_cookie_is_secure_exactly_over_https() -> None:
    assert Settings(public_url="https://x.example/").secure_cookies
    assert not Settings(public_url="http://localhost:8080").secure_cookies
