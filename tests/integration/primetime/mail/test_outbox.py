"""E-mails about saved searches on a real PostgreSQL and a real SMTP server: each goes once, none is lost."""

import asyncio
from dataclasses import dataclass

import psycopg
import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from primetime.accounts.passwords import hash_password
from primetime.api.application import create_app
from primetime.database.connection import connect
from primetime.errors import BadInput, NotFound
from primetime.jobs.alerts import alert_of_new_papers
from primetime.jobs.queue import create_queue, work
from primetime.mail import outbox
from primetime.mail.outbox import Counts, ask_for_mail, counts, end_mail, forget_old_mails, send_waiting, standing
from primetime.searches.record import Order
from primetime.searches.saved import delete_saved, save_search
from primetime.searches.storing import create_search
from primetime.settings import Settings
from tests.integration.primetime.mail.conftest import MailServer


@dataclass
class Asthma:
    """A saved search, and an account that reads it."""

    connection: psycopg.Connection
    saved: int
    reader: int

    def run(self, *pmids: int) -> int:
        search_id = create_search(self.connection, Order(query="asthma", max_results=10))
        self.connection.execute(
            "UPDATE searches SET state = 'done', saved_search_id = %s WHERE id = %s", (self.saved, search_id)
        )
        self.connection.execute(
            "INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
            " SELECT %s, pmid, pmid, now() FROM unnest(%s::bigint[]) AS pmid",
            (search_id, list(pmids)),
        )
        return search_id


@pytest.fixture
def asthma(connection: psycopg.Connection) -> Asthma:
    connection.execute(
        "INSERT INTO articles (pmid, title, journal, publication_year, content_hash)"
        " SELECT n, 'Title <' || n || '>', 'Lancet', 2024, 'h' FROM generate_series(1, 40) n"
    )
    row = connection.execute(
        "INSERT INTO accounts (email, name, role, password_hash)"
        " VALUES ('reader@example.org', 'reader', 'reader', 'x') RETURNING id"
    ).fetchone()
    assert row is not None
    search_id = create_search(connection, Order(query="asthma", max_results=10))
    made = Asthma(connection, save_search(connection, search_id, name="Asthma", every_days=7), row[0])
    connection.execute("DELETE FROM searches WHERE id = %s", (search_id,))
    made.run(1, 2)
    connection.commit()
    return made


def test_new_papers_are_mailed_once_to_who_asked(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    assert alert_of_new_papers(connection) == 0
    assert counts(connection) == Counts(waiting=0, given_up=0, sent=0)
    run = asthma.run(*range(1, 31))
    assert alert_of_new_papers(connection) == 1
    assert alert_of_new_papers(connection) == 0
    connection.commit()
    assert send_waiting(connection, mail_settings) == 1
    assert send_waiting(connection, mail_settings) == 0
    (mail,) = server.taken
    assert mail["Subject"] == "28 new papers: Asthma"
    assert mail["To"] == "reader@example.org"
    assert mail["Message-ID"].endswith("@papers.example.org>")
    assert mail["List-Unsubscribe"] == f"<https://papers.example.org/searches/saved/{asthma.saved}>"
    text, page = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    assert "1. Title <3>\n   Lancet, 2024\n   https://papers.example.org/articles/3\n" in text
    assert f"8 more are among its results: https://papers.example.org/searches/{run}" in text
    assert "Title &lt;3&gt;" in page
    found = standing(connection, asthma.saved, asthma.reader)
    assert (found.wanted, found.sent_at is not None, found.problem) == (True, True, "")


def test_who_did_not_ask_or_asks_no_more_is_not_mailed(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    end_mail(connection, asthma.saved, asthma.reader)
    end_mail(connection, asthma.saved, asthma.reader)
    asthma.run(3)
    assert alert_of_new_papers(connection) == 1
    assert send_waiting(connection, mail_settings) == 0
    assert not standing(connection, asthma.saved, asthma.reader).wanted
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    connection.execute("UPDATE accounts SET disabled_at = now()")
    asthma.run(4)
    assert alert_of_new_papers(connection) == 1
    assert send_waiting(connection, mail_settings) == 0
    assert server.taken == []


def test_who_asks_no_more_is_not_sent_what_waits(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    end_mail(connection, asthma.saved, asthma.reader)
    assert counts(connection) == Counts(waiting=0, given_up=0, sent=0)
    assert send_waiting(connection, mail_settings) == 0
    assert server.taken == []


def test_an_address_that_is_none_keeps_no_other_mail_from_going(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    row = connection.execute(
        "INSERT INTO accounts (email, name, role, password_hash)"
        """ VALUES ('un"closed@example.org', 'odd', 'reader', 'x') RETURNING id"""
    ).fetchone()
    assert row is not None
    for reader in (row[0], asthma.reader):
        ask_for_mail(connection, mail_settings, asthma.saved, reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    with capture_logs() as logs:
        assert send_waiting(connection, mail_settings) == 1
    assert counts(connection) == Counts(waiting=0, given_up=1, sent=1)
    assert "is no address" in str(logs)
    assert "closed" not in str(logs)
    assert "is no address that e-mail can be sent to" in standing(connection, asthma.saved, row[0]).problem


def test_an_account_disabled_while_its_mail_waits_gets_none(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    connection.execute("UPDATE accounts SET disabled_at = now()")
    connection.commit()
    assert send_waiting(connection, mail_settings) == 0
    assert server.taken == []


def test_a_server_that_is_away_is_tried_again_later_and_the_page_says_why(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    connection.commit()
    away = mail_settings.model_copy(update={"smtp_port": 9})
    assert send_waiting(connection, away) == 0
    assert "cannot be reached" in standing(connection, asthma.saved, asthma.reader).problem
    assert send_waiting(connection, mail_settings) == 0, "not before a minute has gone"
    row = connection.execute("SELECT attempts, due_at - now() FROM mails").fetchone()
    assert row is not None
    assert row[0] == 1
    assert 50 < row[1].total_seconds() <= 60
    connection.execute("UPDATE mails SET due_at = now()")
    assert send_waiting(connection, mail_settings) == 1
    assert standing(connection, asthma.saved, asthma.reader).problem == ""
    assert len(server.taken) == 1


def test_what_could_not_be_sent_for_three_days_or_is_refused_for_good_is_given_up(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    server.to_recipient = "550 no such user <reader@example.org>, see reader@old.example.org"
    with capture_logs() as logs:
        assert send_waiting(connection, mail_settings) == 0
    assert counts(connection) == Counts(waiting=0, given_up=1, sent=0)
    assert "no such user <reader@example.org>" in standing(connection, asthma.saved, asthma.reader).problem
    assert [log["cause"] for log in logs] == ["the address was refused: 550 no such user <…>, see …"]
    server.to_recipient = "250 OK"
    asthma.run(4)
    alert_of_new_papers(connection)
    connection.execute("UPDATE mails SET created_at = now() - interval '4 days' WHERE given_up_at IS NULL")
    assert send_waiting(connection, mail_settings) == 0
    assert counts(connection).given_up == 2
    assert server.taken == []
    connection.execute("UPDATE mails SET created_at = now() - interval '91 days'")
    assert forget_old_mails(connection) == 2


def test_a_message_whose_yes_is_lost_is_sent_again_under_the_same_name(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    connection.commit()
    server.hangs_up_after_message = True
    assert send_waiting(connection, mail_settings) == 0
    server.hangs_up_after_message = False
    connection.execute("UPDATE mails SET due_at = now()")
    assert send_waiting(connection, mail_settings) == 1
    first, again = server.taken
    assert first["Message-ID"] == again["Message-ID"]


def test_two_workers_do_not_send_the_same(
    asthma: Asthma,
    mail_settings: Settings,
    server: MailServer,
    connection: psycopg.Connection,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    connection.commit()
    others: list[int] = []
    real = outbox.send

    def send_while_another_looks(*arguments: object) -> None:
        with connect(settings) as second:
            others.append(send_waiting(second, mail_settings))
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "send", send_while_another_looks)
    assert send_waiting(connection, mail_settings) == 1
    assert others == [0]
    assert len(server.taken) == 1


def test_the_worker_sends_what_waits(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    connection.commit()
    queue = create_queue(mail_settings)

    async def work_once() -> None:
        async with queue.open_async():
            await queue.tasks["send_mails"].defer_async(timestamp=0)
        await work(queue, mail_settings, wait=False)

    asyncio.run(work_once())
    assert len(server.taken) == 1
    assert counts(connection).sent == 1


def test_a_reader_asks_for_mail_over_http(
    asthma: Asthma, mail_settings: Settings, connection: psycopg.Connection
) -> None:
    connection.execute("UPDATE accounts SET password_hash = %s", (hash_password("correct horse battery"),))
    connection.commit()
    address = mail_settings.public_url
    with TestClient(create_app(mail_settings), base_url=address, headers={"origin": address}) as client:
        path = f"/api/v1/saved-searches/{asthma.saved}/mail"
        assert client.get(path).status_code == 401
        credentials = {"email": "reader@example.org", "password": "correct horse battery"}
        assert client.post("/api/v1/session", json=credentials).status_code == 200
        asked = {"set_up": True, "wanted": False, "address": "reader@example.org", "sent_at": None, "problem": ""}
        assert client.get(path).json() == asked
        for method, wanted in (("PUT", True), ("PUT", True), ("DELETE", False), ("DELETE", False)):
            assert client.request(method, path).status_code == 204
            assert client.get(path).json() == asked | {"wanted": wanted}
        assert client.put("/api/v1/saved-searches/999/mail").status_code == 404


def test_where_no_mail_is_sent_nobody_can_ask_for_it(
    asthma: Asthma, settings: Settings, connection: psycopg.Connection
) -> None:
    with pytest.raises(BadInput, match="not set up"):
        ask_for_mail(connection, settings, asthma.saved, asthma.reader)
    with pytest.raises(NotFound):
        ask_for_mail(connection, settings, 999, asthma.reader)
    with pytest.raises(NotFound):
        end_mail(connection, 999, asthma.reader)
    assert send_waiting(connection, settings) == 0


def test_mail_goes_with_the_search_that_it_is_of(
    asthma: Asthma, mail_settings: Settings, server: MailServer, connection: psycopg.Connection
) -> None:
    ask_for_mail(connection, mail_settings, asthma.saved, asthma.reader)
    asthma.run(3)
    alert_of_new_papers(connection)
    delete_saved(connection, asthma.saved)
    assert send_waiting(connection, mail_settings) == 0
    assert server.taken == []
