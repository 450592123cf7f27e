"""Files given to the page: recognised, kept, imported by the queue, told as they go."""

import asyncio
import gzip
import re
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.articles.storing import store_articles, wanted_articles
from primetime.database.locks import transaction_lock
from primetime.jobs.queue import create_queue, work
from primetime.settings import Settings

if TYPE_CHECKING:
    from conftest import StandIn

PASSWORD = "correct horse battery"
RIS = b"TY  - JOUR\nTI  - Copper in hospitals\nAU  - Doe, J\nPY  - 2018\nER  - \nTY  - JOUR\nPY  - 2018\nER  - \n"


def give(client: TestClient, data: bytes, name: str = "library.ris") -> Any:
    return client.post("/api/v1/imports", files={"file": (name, data)})


def run_jobs(settings: Settings) -> None:
    asyncio.run(work(create_queue(settings), settings, wait=False, install_signal_handlers=False))


def test_a_file_is_imported_by_the_queue(
    researcher: TestClient, app_settings: Settings, connection: psycopg.Connection
) -> None:
    response = give(researcher, gzip.compress(RIS), "C:\\my\\library.ris.gz")
    assert response.status_code == 202, response.text
    given = response.json()
    assert (given["file_name"], given["format"], given["state"]) == ("library.ris.gz", "RIS", "waiting")
    run_jobs(app_settings)
    done = researcher.get(f"/api/v1/imports/{given['id']}").json()
    assert (done["state"], done["records_read"]) == ("done", 2)
    assert (done["report"]["new"], done["report"]["skipped"]) == (1, 1)
    assert done["report"]["problems"] == ["record 2 (line 6): no title"]
    assert researcher.get("/api/v1/articles").json()["items"][0]["title"] == "Copper in hospitals"
    assert [one["id"] for one in researcher.get("/api/v1/imports").json()["items"]] == [given["id"]]
    assert connection.execute("SELECT count(*) FROM import_pieces").fetchone() == (0,)


@pytest.fixture
def app_settings(literature_settings: Settings) -> Settings:
    """PubMed is the stand-in, asked at once again where it fails."""
    return literature_settings


def stand_ins_pmids(literature: "StandIn") -> list[int]:
    answer = literature.get("/entrez/eutils/esearch.fcgi?db=pubmed&term=asthma&retmax=2")
    return [int(pmid) for pmid in re.findall(rb"<Id>(\d+)</Id>", answer)]


def test_a_list_of_pmids_is_fetched_and_what_pubmed_does_not_know_is_told(
    researcher: TestClient, app_settings: Settings, connection: psycopg.Connection, literature: "StandIn"
) -> None:
    known = stand_ins_pmids(literature)
    assert len(known) == 2
    given = give(researcher, b"PMID\n%d, %d\n98989898\n" % tuple(known), "pmids.txt").json()
    run_jobs(app_settings)
    report = researcher.get(f"/api/v1/imports/{given['id']}").json()["report"]
    told = [report[name] for name in ("wanted", "fetched", "unknown", "unknown_pmids", "fetch_problem")]
    assert told == [3, 2, 1, [98989898], ""]
    assert all(researcher.get(f"/api/v1/articles/{pmid}").status_code == 200 for pmid in known)
    assert wanted_articles(connection) == [98989898]
    assert connection.execute("SELECT count(*) FROM import_pieces").fetchone() == (0,)
    # Another list is told of its own only.
    second = give(researcher, b"PMID\n%d\n" % known[0], "pmids.txt").json()
    run_jobs(app_settings)
    assert researcher.get(f"/api/v1/imports/{second['id']}").json()["report"]["unknown"] == 0


def test_while_pubmed_is_away_a_list_waits_and_says_why(
    researcher: TestClient, app_settings: Settings, connection: psycopg.Connection, literature: "StandIn"
) -> None:
    known = stand_ins_pmids(literature)
    literature.order({"path": "/entrez/", "times": 99, "status": 400})
    given = give(researcher, b"PMID\n%d\n" % known[0], "pmids.txt").json()
    run_jobs(app_settings)
    report = researcher.get(f"/api/v1/imports/{given['id']}").json()["report"]
    assert ("PubMed" in report["fetch_problem"], report["fetch_again"], "fetched" in report) == (True, True, False)
    literature.order()
    connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    connection.commit()
    run_jobs(app_settings)
    report = researcher.get(f"/api/v1/imports/{given['id']}").json()["report"]
    assert (report["fetched"], report["fetch_problem"]) == (1, "")


def test_a_file_in_no_format_is_refused_by_its_own_name(researcher: TestClient) -> None:
    response = give(researcher, b"just words", "notes.doc")
    assert response.status_code == 400
    assert response.json()["detail"] == "notes.doc is in no format that can be read"
    assert researcher.get("/api/v1/imports").json()["items"] == []
    assert researcher.post("/api/v1/imports").status_code == 422
    assert researcher.get("/api/v1/imports/99").status_code == 404


def test_a_file_that_ends_early_is_told_and_stores_nothing(researcher: TestClient, app_settings: Settings) -> None:
    record = b"<PubmedArticle><MedlineCitation><PMID>1</PMID></MedlineCitation></PubmedArticle>"
    given = give(researcher, b"<PubmedArticleSet>" + record + b"<PubmedArticle>", "cut.xml").json()
    run_jobs(app_settings)
    failed = researcher.get(f"/api/v1/imports/{given['id']}").json()
    assert failed["state"] == "failed"
    assert failed["failure"].startswith("the file is truncated")
    assert researcher.get("/api/v1/articles").json()["total"] == 0


def test_while_another_import_runs_the_file_waits(
    researcher: TestClient, app_settings: Settings, connection: psycopg.Connection
) -> None:
    given = give(researcher, RIS).json()
    with connection.transaction():
        transaction_lock(connection, "import")
        run_jobs(app_settings)
    assert researcher.get(f"/api/v1/imports/{given['id']}").json()["state"] == "waiting"
    assert connection.execute(
        "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'import_file'"
    ).fetchone() == ("todo", 0)  # a wait is no attempt
    assert connection.execute("SELECT count(*) FROM import_pieces").fetchone() == (1,)


def test_an_import_that_was_killed_begins_again(
    researcher: TestClient, app_settings: Settings, connection: psycopg.Connection
) -> None:
    """It was killed behind the storing: what is stored already is unchanged."""
    from primetime.jobs.importing import run_import

    given = give(researcher, RIS).json()
    run_import(app_settings, given["id"])
    store_articles(connection, [])
    connection.execute("UPDATE imports SET finished_at = NULL, report = NULL")
    connection.execute("INSERT INTO import_pieces VALUES (%s, 0, %s)", (given["id"], RIS))
    connection.commit()
    run_import(app_settings, given["id"])
    assert imports_report(researcher, given["id"])["unchanged"] == 1


def imports_report(client: TestClient, import_id: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/imports/{import_id}").json()["report"]
    return found


def test_a_reader_may_not_import_and_large_files_are_refused(client: TestClient) -> None:
    assert give(client, RIS).status_code == 401
    credentials = {"email": f"{Role.READER}@example.org", "password": PASSWORD}
    client.post("/api/v1/session", json=credentials)
    assert give(client, RIS).status_code == 403
    assert give(client, b"x" * (33 << 20)).status_code == 413
    assert client.post("/api/v1/analysis", content=b"x" * (2 << 20)).status_code == 413
