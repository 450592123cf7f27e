"""Invitations, accounts, tokens, roles on every path, the audit trail."""

import re
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import QUERIES, Role
from primetime.accounts.tokens import Scope
from primetime.api.application import create_app
from primetime.api.rules import rule_of
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.settings import Settings

PASSWORD = "correct horse battery"


def sign_in(client: TestClient, role: Role, password: str = PASSWORD, email: str = "") -> int:
    credentials = {"email": email or f"{role}@example.org", "password": password}
    return int(client.post("/api/v1/session", json=credentials).status_code)


def invite(client: TestClient, email: str = "New@Example.org", role: str = "researcher") -> str:
    answer = client.post("/api/v1/invitations", json={"email": email, "role": role})
    assert answer.status_code == 201, answer.text
    link = str(answer.json()["link"])
    assert link.startswith("http://127.0.0.1:8000/invitation#")
    return link.partition("#")[2]


def accept(client: TestClient, token: str, password: str = "a long new password") -> Any:
    return client.post("/api/v1/invitations/accepted", json={"token": token, "password": password, "name": "New"})


def actions(client: TestClient) -> list[str]:
    return [event["action"] for event in client.get("/api/v1/audit").json()["items"]]


def test_an_invitation_makes_an_account_once(administrator: TestClient, connection: psycopg.Connection) -> None:
    token = invite(administrator)
    assert token not in str(connection.execute("SELECT * FROM invitations").fetchall())
    (waiting,) = administrator.get("/api/v1/invitations").json()["items"]
    assert (waiting["email"], waiting["role"]) == ("new@example.org", "researcher")
    administrator.cookies.clear()
    shown = administrator.post("/api/v1/invitations/shown", json={"token": token})
    assert (shown.status_code, shown.json()["email"]) == (200, "new@example.org")
    for weak in ("short", "new@example.org", "welcome2026"):
        assert accept(administrator, token, password=weak).status_code == 400
    new = accept(administrator, token).json()
    assert isinstance(new.pop("id"), int)
    assert new == {"email": "new@example.org", "name": "New", "role": "researcher"}
    assert accept(administrator, token).status_code == 404
    assert sign_in(administrator, Role.READER, "a long new password", "new@example.org") == 200


def test_an_invitation_is_void_when_withdrawn_renewed_or_expired(
    administrator: TestClient, connection: psycopg.Connection
) -> None:
    first, second = invite(administrator), invite(administrator)
    assert accept(administrator, first).status_code == 404
    assert administrator.delete("/api/v1/invitations/new@example.org").status_code == 204
    assert administrator.delete("/api/v1/invitations/new@example.org").status_code == 404
    assert accept(administrator, second).status_code == 404
    third = invite(administrator)
    connection.execute("UPDATE invitations SET expires_at = now()")
    connection.commit()
    assert accept(administrator, third).status_code == 404
    taken = administrator.post("/api/v1/invitations", json={"email": "reader@example.org", "role": "reader"})
    assert (taken.status_code, "already" in taken.json()["detail"]) == (400, True)


def test_a_password_link_replaces_the_password_and_ends_sessions(
    administrator: TestClient, app_settings: Settings, connection: psycopg.Connection
) -> None:
    row = connection.execute("SELECT id FROM accounts WHERE role = 'reader'").fetchone()
    assert row is not None
    link = administrator.post(f"/api/v1/accounts/{row[0]}/password-link").json()["link"]
    other = TestClient(administrator.app, base_url="http://127.0.0.1:8000")
    assert sign_in(other, Role.READER) == 200
    assert accept(administrator, link.partition("#")[2]).status_code == 201
    assert other.get("/api/v1/session").status_code == 401
    assert sign_in(other, Role.READER) == 401
    assert sign_in(other, Role.READER, "a long new password") == 200


def test_wrong_passwords_lock_an_email_whether_or_not_it_has_an_account(
    client: TestClient, connection: psycopg.Connection
) -> None:
    for email in ("reader@example.org", "nobody@example.org"):
        statuses = [sign_in(client, Role.READER, "wrong password", email) for _ in range(6)]
        assert statuses == [401] * 5 + [429]
    refused = client.post("/api/v1/session", json={"email": "reader@example.org", "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    connection.execute("UPDATE sign_in_attempts SET locked_until = now()")
    connection.commit()
    assert sign_in(client, Role.READER, "wrong password") == 401
    longer = client.post("/api/v1/session", json={"email": "reader@example.org", "password": PASSWORD})
    assert 60 < int(longer.headers["retry-after"]) <= 120
    assert sign_in(client, Role.ADMINISTRATOR) == 200
    row = connection.execute("SELECT id FROM accounts WHERE role = 'reader'").fetchone()
    assert row is not None
    assert client.post(f"/api/v1/accounts/{row[0]}/unlock").status_code == 204
    assert sign_in(client, Role.READER) == 200


def test_what_may_have_been_a_password_is_not_written_down(client: TestClient, connection: psycopg.Connection) -> None:
    sign_in(client, Role.READER, "wrong password", "my secret password")
    rows = connection.execute("SELECT actor, action, subject FROM audit_events").fetchall()
    assert rows == [("nobody", "sign-in refused", "")]


def test_a_disabled_account_is_out_at_once(administrator: TestClient, connection: psycopg.Connection) -> None:
    reader = TestClient(administrator.app, base_url="http://127.0.0.1:8000")
    assert sign_in(reader, Role.READER) == 200
    token = reader.post("/api/v1/account/tokens", json={"name": "script", "scopes": ["read"]}).json()["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    program = TestClient(administrator.app, base_url="http://127.0.0.1:8000", headers=bearer)
    assert program.get("/api/v1/articles").status_code == 200
    items = {one["role"]: one["id"] for one in administrator.get("/api/v1/accounts").json()["items"]}
    assert administrator.patch(f"/api/v1/accounts/{items['reader']}", json={"disabled": True}).status_code == 200
    assert reader.get("/api/v1/session").status_code == 401
    assert program.get("/api/v1/articles").status_code == 401
    assert sign_in(reader, Role.READER) == 401
    assert administrator.patch(f"/api/v1/accounts/{items['reader']}", json={"disabled": False}).status_code == 200
    assert sign_in(reader, Role.READER) == 200


def test_the_last_administrator_stays(administrator: TestClient) -> None:
    items = {one["role"]: one["id"] for one in administrator.get("/api/v1/accounts").json()["items"]}
    own = f"/api/v1/accounts/{items['administrator']}"
    for change in ({"disabled": True}, {"role": "reader"}):
        refused = administrator.patch(own, json=change)
        assert (refused.status_code, "last administrator" in refused.json()["detail"]) == (400, True)
    assert administrator.patch(f"/api/v1/accounts/{items['reader']}", json={"role": "administrator"}).status_code == 200
    assert administrator.patch(own, json={"role": "reader"}).json()["role"] == "reader"
    assert administrator.get("/api/v1/accounts").status_code == 403
    assert administrator.patch("/api/v1/accounts/99999", json={}).status_code == 403


def change_password(client: TestClient, current: str, wanted: str) -> Any:
    return client.put("/api/v1/account/password", json={"current": current, "wanted": wanted})


def test_ones_own_name_and_password(client: TestClient) -> None:
    other = TestClient(client.app, base_url="http://127.0.0.1:8000")
    assert sign_in(client, Role.READER) == sign_in(other, Role.READER) == 200
    assert client.patch("/api/v1/account", json={"name": "Ann"}).json()["name"] == "Ann"
    assert change_password(client, "not it", "another password").status_code == 403
    assert other.get("/api/v1/account").status_code == 200
    assert change_password(client, PASSWORD, "another password").status_code == 204
    assert client.get("/api/v1/account").status_code == 200
    assert other.get("/api/v1/account").status_code == 401
    assert sign_in(other, Role.READER) == 401
    assert sign_in(other, Role.READER, "another password") == 200


@pytest.mark.parametrize(
    ("wanted", "detail"),
    [
        ("short", "the password has fewer than 10 characters"),
        ("Password2026", "the password is easily guessed"),
        ("reader@example.org", "the password is easily guessed"),
        (PASSWORD, "the new password is the current one"),
    ],
)
def test_a_weak_new_password_is_refused_and_is_no_attempt(
    client: TestClient, connection: psycopg.Connection, wanted: str, detail: str
) -> None:
    other = TestClient(client.app, base_url="http://127.0.0.1:8000")
    assert sign_in(client, Role.READER) == sign_in(other, Role.READER) == 200
    for _ in range(7):
        refused = change_password(client, PASSWORD, wanted)
        assert (refused.status_code, refused.json()["detail"]) == (400, detail)
        assert refused.json()["remedy"]
    assert connection.execute("SELECT count(*) FROM sign_in_attempts").fetchone() == (0,)
    assert other.get("/api/v1/account").status_code == 200
    assert sign_in(other, Role.READER) == 200


def test_wrong_current_passwords_make_wait(client: TestClient, connection: psycopg.Connection) -> None:
    """Whoever finds a session open could otherwise try a thousand an hour."""
    assert sign_in(client, Role.READER) == 200
    answers = [change_password(client, f"wrong {number}", "another password") for number in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    held = change_password(client, PASSWORD, "another password")
    assert (held.status_code, 0 < int(held.headers["retry-after"]) <= 60) == (429, True)
    told = connection.execute(
        "SELECT actor, subject, action FROM audit_events WHERE action LIKE 'password%'"
    ).fetchall()
    assert told == [("reader@example.org", "reader@example.org", "password change refused")] * 7
    connection.rollback()
    # Signing in is counted apart: neither keeps the owner from the other.
    assert sign_in(client, Role.READER) == 200
    assert change_password(client, PASSWORD, "another password").status_code == 429
    connection.execute("UPDATE sign_in_attempts SET locked_until = now()")
    connection.commit()
    assert change_password(client, PASSWORD, "another password").status_code == 204
    assert connection.execute("SELECT count(*) FROM sign_in_attempts").fetchone() == (0,)


def test_an_administrator_lets_who_waits_change_the_password(client: TestClient) -> None:
    other = TestClient(client.app, base_url="http://127.0.0.1:8000")
    assert sign_in(client, Role.READER) == sign_in(other, Role.ADMINISTRATOR) == 200
    assert [change_password(client, "wrong", "another password").status_code for _ in range(6)][-1] == 429
    items = {one["role"]: one["id"] for one in other.get("/api/v1/accounts").json()["items"]}
    assert other.post(f"/api/v1/accounts/{items['reader']}/unlock").status_code == 204
    assert change_password(client, PASSWORD, "another password").status_code == 204


def test_a_token_does_what_its_scopes_say_and_never_more_than_its_account(
    client: TestClient, connection: psycopg.Connection
) -> None:
    store_articles(connection, [Article(pmid=pmid, title=f"Article {pmid}") for pmid in range(1, 31)])
    connection.commit()
    sign_in(client, Role.RESEARCHER)
    made = {
        scope: client.post("/api/v1/account/tokens", json={"name": scope, "scopes": [scope], "days": 30}).json()
        for scope in Scope
    }
    assert not any(
        one["token"] in str(connection.execute("SELECT * FROM personal_tokens").fetchall()) for one in made.values()
    )
    client.cookies.clear()

    def status(scope: Scope, method: str, path: str) -> int:
        bearer = {"Authorization": f"Bearer {made[scope]['token']}"}
        return int(client.request(method, path, headers=bearer).status_code)

    assert status(Scope.READ, "GET", "/api/v1/articles") == 200
    assert status(Scope.READ, "GET", "/api/v1/export/csv") == 403
    assert status(Scope.READ, "POST", "/api/v1/analysis") == 403
    assert status(Scope.EXPORT, "GET", "/api/v1/export/csv") == 200
    assert status(Scope.EXPORT, "GET", "/api/v1/articles") == 403
    assert status(Scope.WRITE, "POST", "/api/v1/analysis") == 202
    assert status(Scope.SEARCH, "GET", "/api/v1/search?q=asthma") == 503  # no encoder here: it was let through
    for path in ("/api/v1/account", "/api/v1/account/tokens", "/api/v1/accounts", "/api/v1/audit"):
        assert status(Scope.READ, "GET", path) == 403
    sign_in(client, Role.RESEARCHER)
    listed = client.get("/api/v1/account/tokens").json()["items"]
    assert [one["name"] for one in listed] == list(Scope)
    assert listed[0]["last_used_at"] is not None
    assert client.delete(f"/api/v1/account/tokens/{made[Scope.READ]['id']}").status_code == 204
    assert client.delete(f"/api/v1/account/tokens/{made[Scope.READ]['id']}").status_code == 404
    client.cookies.clear()
    assert status(Scope.READ, "GET", "/api/v1/articles") == 401


def test_a_token_is_only_its_own_accounts_to_revoke(client: TestClient) -> None:
    sign_in(client, Role.READER)
    token = client.post("/api/v1/account/tokens", json={"name": "mine", "scopes": ["read"]}).json()
    sign_in(client, Role.RESEARCHER)
    assert client.delete(f"/api/v1/account/tokens/{token['id']}").status_code == 404


def test_the_trail_tells_what_was_done_and_cannot_be_changed(
    administrator: TestClient, connection: psycopg.Connection
) -> None:
    accept(administrator, invite(administrator))
    administrator.delete("/api/v1/session")
    sign_in(administrator, Role.ADMINISTRATOR)
    assert actions(administrator) == ["signed in", "signed out", "invitation accepted", "invited", "signed in"]
    first = administrator.get("/api/v1/audit", params={"limit": 3}).json()
    second = administrator.get("/api/v1/audit", params={"limit": 3, "before": first["next"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (3, 2, None)
    assert {event["address"] for event in first["items"]} == {"testclient"}
    for statement in ("DELETE FROM audit_events", "UPDATE audit_events SET action = ''", "TRUNCATE audit_events"):
        with pytest.raises(psycopg.errors.RaiseException, match="never changed"):
            connection.execute(statement)
        connection.rollback()


# What anybody may ask for: the platform's health, and what leads to a session.
OPEN = {
    ("get", "/health"), ("get", "/api/health"), ("get", "/ready"),
    ("post", "/api/v1/session"), ("delete", "/api/v1/session"),
    ("post", "/api/v1/invitations/shown"), ("post", "/api/v1/invitations/accepted"),
}  # fmt: skip


def operations(client: TestClient) -> list[tuple[str, str]]:
    paths = client.app.openapi()["paths"]  # type: ignore[attr-defined]
    return [(method, path) for path, methods in paths.items() for method in methods]


def concrete(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


def test_every_path_has_its_role(client: TestClient) -> None:
    """Over the whole interface as it describes itself: no path can be added without a role."""
    for method, path in operations(client):
        status = client.request(method, concrete(path), json={}).status_code
        assert (status == 401) is ((method, path) not in OPEN), (method, path, status)
    for role in (Role.READER, Role.RESEARCHER):
        assert sign_in(client, role) == 200
        for method, path in operations(client):
            least = least_role(method, path)
            if least is not None and not _may(role, least):
                assert client.request(method, concrete(path), json={}).status_code == 403, (method, path)


def test_what_changes_something_is_for_researchers_or_for_ones_own(client: TestClient) -> None:
    computing = {
        "/api/v1/embed",
        "/api/keywords/generate",
        "/api/v1/keywords",
        "/api/v1/queries",
        "/api/v1/queries/text",
    }
    for method, path in operations(client):
        # One's account, alerts and e-mail, and the exports that one asked for: no other person sees them change.
        own = re.fullmatch(r"/api/v1/((account|alerts|exports)(/.*)?|saved-searches/\{saved_id\}/mail)", path)
        if method not in ("get", "head") and (method, path) not in OPEN and not own and path not in computing:
            assert least_role(method, path) in (Role.RESEARCHER, Role.ADMINISTRATOR), (method, path)


def least_role(method: str, path: str) -> Role | None:
    return rule_of(method.upper(), concrete(path)).role if path.startswith("/api/") else None


def _may(role: Role, least: Role) -> bool:
    return list(Role).index(role) >= list(Role).index(least)


def test_reading_without_an_account_is_a_setting(app_settings: Settings, client: TestClient) -> None:
    assert client.get("/api/v1/articles").status_code == 401
    open_app = create_app(app_settings.model_copy(update={"reading_without_account": True}))
    with TestClient(open_app, base_url="http://127.0.0.1:8000") as anybody:
        assert anybody.get("/api/v1/articles").status_code == 200
        assert anybody.get("/api/v1/session").json() == {"id": None, "email": "", "name": "", "role": "visitor"}
        for path in ("/api/v1/export/csv", "/api/v1/accounts", "/api/v1/account", "/api/v1/openapi.json"):
            assert anybody.get(path).status_code == 401
        assert anybody.post("/api/v1/analysis").status_code == 401


def test_two_administrators_cannot_remove_each_other_at_once(
    database_url: str, administrator: TestClient, connection: psycopg.Connection
) -> None:
    connection.execute("UPDATE accounts SET role = 'administrator' WHERE role = 'researcher'")
    connection.commit()
    ids = {row[0] for row in connection.execute(QUERIES["lock_administrators"])}
    items = {one["email"]: one["id"] for one in administrator.get("/api/v1/accounts").json()["items"]}
    assert len(ids) == 2
    with psycopg.connect(database_url) as other:
        # Ours holds both rows, so theirs waits and then sees what we did.
        connection.execute("UPDATE accounts SET role = 'reader' WHERE id = %s", (items["administrator@example.org"],))
        other.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(QUERIES["lock_administrators"])
