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


@pytest.mark.parametrize(
    ("settings", "cause"),
    [
        ({"SMTP_HOST": "mail.example.org"}, "PRIMETIME_MAIL_FROM"),
        ({"SMTP_HOST": "mail.example.org", "MAIL_FROM": "nobody"}, "PRIMETIME_MAIL_FROM"),
        ({"SMTP_HOST": "mail.example.org", "MAIL_FROM": "a@b.org\nBcc: c@d.org"}, "PRIMETIME_MAIL_FROM"),
        ({"SMTP_HOST": "mail.example.org", "MAIL_FROM": "a@b.org", "SMTP_SECURITY": "none"}, "PRIMETIME_SMTP_SECURITY"),
        ({"SMTP_SECURITY": "perhaps"}, "PRIMETIME_SMTP_SECURITY"),
    ],
)
def test_mail_needs_a_sender_and_goes_encrypted(
    settings: dict[str, str], cause: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"PRIMETIME_{name}", value)
    with pytest.raises(BadInput, match=cause):
        load_settings()


def test_mail_through_a_server_of_this_machine_may_go_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SMTP_HOST": "127.0.0.1", "MAIL_FROM": "T <a@b.org>", "SMTP_SECURITY": "none"}.items():
        monkeypatch.setenv(f"PRIMETIME_{name}", value)
    assert load_settings().mail_from == "T <a@b.org>"
