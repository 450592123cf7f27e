"""Large exports over HTTP: asked for, made by the queue, fetched from the bucket by their link, deleted."""

import asyncio
import csv
import io
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from primetime.accounts.people import Role
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.buckets.bucket import Bucket
from primetime.errors import StorageUnavailable
from primetime.jobs import exporting
from primetime.jobs.exporting import forget_expired_exports
from primetime.jobs.queue import create_queue, work
from primetime.settings import Settings

if TYPE_CHECKING:
    from conftest import ExportsBucket

PASSWORD = "correct horse battery"


@pytest.fixture
def app_settings(exports_settings: Settings) -> Settings:
    return exports_settings


@pytest.fixture
def articles(connection: psycopg.Connection) -> None:
    store_articles(
        connection,
        [Article(pmid=pmid, title=f"Zinc, {'copper' if pmid > 20 else 'iron'} {pmid}") for pmid in range(1, 31)],
    )
    connection.commit()


@pytest.fixture
def reader(client: TestClient, articles: None) -> TestClient:
    sign_in(client, Role.READER)
    return client


def sign_in(client: TestClient, role: Role) -> None:
    credentials = {"email": f"{role}@example.org", "password": PASSWORD}
    assert client.post("/api/v1/session", json=credentials).status_code == 200


def run_jobs(settings: Settings) -> None:
    asyncio.run(work(create_queue(settings), settings, wait=False, install_signal_handlers=False))


def made(client: TestClient, settings: Settings, **wanted: Any) -> dict[str, Any]:
    response = client.post("/api/v1/exports", json=wanted)
    assert response.status_code == 202, response.text
    run_jobs(settings)
    found: dict[str, Any] = client.get(f"/api/v1/exports/{response.json()['id']}").json()
    return found


def test_a_filter_is_exported_by_a_link_that_lives_seven_days(reader: TestClient, app_settings: Settings) -> None:
    given = reader.post("/api/v1/exports", json={"q": "copper", "format": "csv"})
    assert given.status_code == 202
    assert (given.json()["state"], given.json()["link"], given.json()["articles"]) == ("waiting", None, 10)
    run_jobs(app_settings)
    listed = reader.get("/api/v1/exports").json()
    assert (listed["from_articles"], listed["days"]) == (10, 7)
    (done,) = listed["items"]
    assert (done["state"], done["title"], done["written"]) == ("done", "Articles: copper", 10)
    assert 7 * 86_400 - 60 < int(done["link"].partition("X-Amz-Expires=")[2].partition("&")[0]) <= 7 * 86_400
    with urllib.request.urlopen(done["link"]) as reply:  # nothing but the link
        body = reply.read()
        assert reply.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{done['file_name']}"
        assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(body) == done["bytes"]
    streamed = reader.get("/api/v1/export/csv", params={"q": "copper"}).content
    assert body == streamed
    assert len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) == 11


@pytest.mark.parametrize(
    ("wanted", "begins"),
    [("ris", b"TY  - "), ("bibtex", b"@article{"), ("nbib", b"PMID- "), ("excel", b"PK")],
)
def test_every_format(reader: TestClient, app_settings: Settings, wanted: str, begins: bytes) -> None:
    done = made(reader, app_settings, format=wanted)
    with urllib.request.urlopen(done["link"]) as reply:
        assert reply.read().startswith(begins)


def test_a_collection_and_what_one_has_marked_in_it(client: TestClient, articles: None, app_settings: Settings) -> None:
    sign_in(client, Role.RESEARCHER)
    made_up = client.post("/api/v1/collections", json={"name": "Metals"}).json()
    path = f"/api/v1/collections/{made_up['id']}"
    client.post(f"{path}/articles", json={"pmids": [3, 5, 25]})
    assert client.put(f"{path}/articles/5/mark", json={"mark": "include"}).status_code == 204
    streamed = client.get("/api/v1/export", params={"collection_id": made_up["id"], "format": "nbib"}).text
    assert streamed.count("PMID- ") == 3
    done = made(client, app_settings, collection_id=made_up["id"], mark="include", format="nbib")
    assert done["title"] == "Collection Metals, marked include"
    with urllib.request.urlopen(done["link"]) as reply:
        text = reply.read().decode()
    assert (text.count("PMID- "), "PMID- 5\n" in text) == (1, True)
    # To somebody else it is not there, whichever way it is asked for.
    sign_in(client, Role.READER)
    assert client.post("/api/v1/exports", json={"collection_id": made_up["id"]}).status_code == 404
    assert client.get("/api/v1/export", params={"collection_id": made_up["id"]}).status_code == 404


def test_a_collection_that_is_gone_when_the_job_comes_is_told(
    client: TestClient, articles: None, app_settings: Settings, exports_bucket: "ExportsBucket"
) -> None:
    sign_in(client, Role.RESEARCHER)
    collection = client.post("/api/v1/collections", json={"name": "Metals"}).json()["id"]
    client.post(f"/api/v1/collections/{collection}/articles", json={"pmids": [3]})
    given = client.post("/api/v1/exports", json={"collection_id": collection}).json()
    client.delete(f"/api/v1/collections/{collection}")
    run_jobs(app_settings)
    failed = client.get(f"/api/v1/exports/{given['id']}").json()
    assert (failed["state"], failed["failure"]) == ("failed", f"there is no collection {collection}")
    assert (exports_bucket.files(), exports_bucket.uploads()) == ({}, [])


def test_what_is_deleted_is_gone_with_its_file(
    reader: TestClient, app_settings: Settings, exports_bucket: "ExportsBucket"
) -> None:
    done = made(reader, app_settings)
    assert len(exports_bucket.files()) == 1
    assert reader.delete(f"/api/v1/exports/{done['id']}").status_code == 204
    assert exports_bucket.files() == {}
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(done["link"])
    assert reader.delete(f"/api/v1/exports/{done['id']}").status_code == 404
    # One that waits is never made.
    given = reader.post("/api/v1/exports", json={}).json()
    assert reader.delete(f"/api/v1/exports/{given['id']}").status_code == 204
    run_jobs(app_settings)
    assert exports_bucket.files() == {}


def test_a_deleted_file_goes_when_the_bucket_is_back(
    reader: TestClient,
    app_settings: Settings,
    exports_bucket: "ExportsBucket",
    connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done, kept = made(reader, app_settings), made(reader, app_settings)
    pool = reader.app.state.services.pool  # type: ignore[attr-defined]
    lent: list[int] = []

    def away(bucket: Bucket, key: str) -> None:
        stats = pool.get_stats()
        lent.append(stats["pool_size"] - stats["pool_available"])
        raise StorageUnavailable("the bucket is away", remedy="wait")

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "clear", away)
        assert reader.delete(f"/api/v1/exports/{done['id']}").status_code == 204
        assert lent == [0], "S3 may let us wait; a connection may not wait with it"
        assert reader.delete(f"/api/v1/exports/{done['id']}").status_code == 404
        assert reader.get(f"/api/v1/exports/{done['id']}").status_code == 404
        assert [one["id"] for one in reader.get("/api/v1/exports").json()["items"]] == [kept["id"]]
        forget = create_queue(app_settings).tasks["forget_exports"].func
        forget(timestamp=0)  # no failure: it comes again by itself
        with pytest.raises(StorageUnavailable):
            forget_expired_exports(app_settings)
    assert len(exports_bucket.files()) == 2
    forget(timestamp=0)
    assert len(exports_bucket.files()) == 1
    assert connection.execute("SELECT id FROM exports").fetchall() == [(kept["id"],)]


def test_one_that_was_deleted_while_the_bucket_was_away_is_not_made(
    reader: TestClient, app_settings: Settings, exports_bucket: "ExportsBucket", connection: psycopg.Connection
) -> None:
    waiting = reader.post("/api/v1/exports", json={}).json()["id"]
    connection.execute("UPDATE exports SET deleted_at = now()")
    connection.commit()
    run_jobs(app_settings)
    assert (exports_bucket.files(), exports_bucket.uploads()) == ({}, [])
    assert reader.get(f"/api/v1/exports/{waiting}").status_code == 404


@pytest.mark.parametrize("query", ["note_articles", "note_written", "finish"])
def test_one_that_is_deleted_while_it_is_made_ends_and_leaves_nothing(
    reader: TestClient,
    app_settings: Settings,
    exports_bucket: "ExportsBucket",
    connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    query: str,
) -> None:
    """The row is still there, as its file could not be deleted at once."""
    monkeypatch.setattr(exporting, "_TELL_EVERY", 0.0)
    tell = exporting._Teller.tell

    def delete_and_tell(self: Any, told: str, **values: Any) -> None:
        if told == query:
            connection.execute("UPDATE exports SET deleted_at = now()")
            connection.commit()
        tell(self, told, **values)

    monkeypatch.setattr(exporting._Teller, "tell", delete_and_tell)
    reader.post("/api/v1/exports", json={})
    run_jobs(app_settings)
    assert (exports_bucket.files(), exports_bucket.uploads()) == ({}, [])
    forget_expired_exports(app_settings)
    assert connection.execute("SELECT count(*) FROM exports").fetchone() == (0,)


def test_they_are_one_s_own(reader: TestClient, app_settings: Settings) -> None:
    done = made(reader, app_settings)
    sign_in(reader, Role.ADMINISTRATOR)
    assert reader.get("/api/v1/exports").json()["items"] == []
    assert reader.get(f"/api/v1/exports/{done['id']}").status_code == 404
    assert reader.delete(f"/api/v1/exports/{done['id']}").status_code == 404


def test_an_expired_link_takes_its_file_with_it(
    reader: TestClient, app_settings: Settings, exports_bucket: "ExportsBucket", connection: psycopg.Connection
) -> None:
    old, young = made(reader, app_settings), made(reader, app_settings)
    connection.execute("UPDATE exports SET expires_at = now() - interval '1 second' WHERE id = %s", (old["id"],))
    connection.commit()
    assert reader.get(f"/api/v1/exports/{old['id']}").json()["link"] is None
    forget_expired_exports(app_settings)
    assert [one["id"] for one in reader.get("/api/v1/exports").json()["items"]] == [young["id"]]
    assert len(exports_bucket.files()) == 1


def test_nothing_is_not_exported_and_bad_wishes_are_refused(reader: TestClient) -> None:
    nothing = reader.post("/api/v1/exports", json={"q": "unobtainium"})
    assert (nothing.status_code, nothing.json()["detail"]) == (400, "there are no articles to export")
    for number in (7, "7"):  # the site takes its wishes out of an address
        assert reader.post("/api/v1/exports", json={"search_id": number}).status_code == 404
    assert reader.post("/api/v1/exports", json={"format": "doc"}).status_code == 422
    assert reader.post("/api/v1/exports", json={"mark": "perhaps"}).status_code == 422
    # The nearest articles are few: they are streamed. Without this wish it would be an export of everything.
    assert reader.post("/api/v1/exports", json={"search": "zinc"}).status_code == 422
    assert reader.get("/api/v1/exports").json()["items"] == []


class TestABucketThatIsNotThere:
    @pytest.fixture
    def app_settings(self, exports_settings: Settings) -> Settings:
        return exports_settings.model_copy(update={"exports_bucket": "nobody-has-made-it"})

    def test_is_told_tried_again_and_given_up(
        self, reader: TestClient, app_settings: Settings, connection: psycopg.Connection
    ) -> None:
        first = made(reader, app_settings)
        assert first["state"] == "waiting"
        assert first["problem"] == (
            "the bucket nobody-has-made-it does not delete a file: NoSuchBucket; it is tried again in a minute"
        )
        connection.execute("UPDATE procrastinate_jobs SET attempts = 2, scheduled_at = NULL")
        connection.commit()
        run_jobs(app_settings)
        last = reader.get(f"/api/v1/exports/{first['id']}").json()
        assert last["state"] == "failed"
        assert last["failure"] == "the bucket nobody-has-made-it does not delete a file: NoSuchBucket"
        assert last["remedy"] == "see that it is there and that the key may use it"
        assert reader.delete(f"/api/v1/exports/{first['id']}").status_code == 204
        assert reader.get("/api/v1/exports").json()["items"] == []


class TestNoBucket:
    @pytest.fixture
    def app_settings(self, settings: Settings) -> Settings:
        return settings

    def test_nothing_is_offered_and_asking_is_refused(self, reader: TestClient) -> None:
        assert reader.get("/api/v1/exports").json() == {"items": [], "from_articles": None, "days": 7}
        refused = reader.post("/api/v1/exports", json={})
        assert (refused.status_code, refused.json()["detail"]) == (404, "this platform keeps no exports")


class TestABucketThatDoesNotAnswer:
    @pytest.fixture
    def silent(self) -> Iterator[socket.socket]:
        """Takes connections and says nothing."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            yield server

    @pytest.fixture
    def app_settings(self, exports_settings: Settings, silent: socket.socket) -> Settings:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        return exports_settings.model_copy(update={"exports_endpoint_url": address})

    def test_keeps_nobody_waiting_for_long(self, reader: TestClient, connection: psycopg.Connection) -> None:
        given = reader.post("/api/v1/exports", json={}).json()
        began = time.monotonic()
        assert reader.delete(f"/api/v1/exports/{given['id']}").status_code == 204
        assert time.monotonic() - began < 30
        assert connection.execute("SELECT deleted_at IS NOT NULL FROM exports").fetchone() == (True,)
