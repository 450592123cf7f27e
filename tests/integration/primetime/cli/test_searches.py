"""`primetime searches` as cron runs it, against the stand-in."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from primetime.articles.storing import want_articles
from primetime.searches.record import Order
from primetime.searches.saved import save_search
from primetime.searches.storing import create_search
from primetime.settings import Settings


@pytest.fixture
def primetime(literature_settings: Settings, model_directory: Path, repository: Path):
    settings = literature_settings.model_copy(update={"model_dir": model_directory})
    values = {name: value for name, value in settings.model_dump(mode="json").items() if value is not None}
    environment = os.environ | {f"PRIMETIME_{name.upper()}": str(value) for name, value in values.items()}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "primetime"), "searches", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run


def test_a_search_here_and_now(primetime) -> None:
    ended = primetime("run", "asthma[mh]", "--max", "7", "--json")
    assert ended.returncode == 0, ended.stderr
    search = json.loads(ended.stdout)
    assert (search["state"], search["fetched"], search["new"], search["scored"]) == ("done", 7, 7, 7)


def test_wanted_articles_are_fetched_and_unknown_ones_told(primetime, connection: psycopg.Connection) -> None:
    want_articles(connection, [900000001, 900000002, 31])
    connection.commit()
    ended = primetime("fetch-wanted", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {"fetched": 2, "unknown": [31], "problems": {}}
    assert connection.execute("SELECT pmid FROM wanted_articles").fetchall() == [(31,)]
    ended = primetime("refresh-citations")
    assert ended.stdout.splitlines()[0] == "icite: asked about 2, known 2"


def test_saved_searches_are_planned_when_they_are_due(primetime, connection: psycopg.Connection) -> None:
    search_id = create_search(connection, Order(query="asthma[mh]", max_results=5))
    save_search(connection, search_id, name="Asthma", every_days=7)
    connection.commit()
    assert primetime("run-saved").stdout == "0 planned\n"  # its first run is still to come
    connection.execute("UPDATE searches SET state = 'done', requested_at = now() - interval '3 days'")
    connection.commit()
    assert primetime("run-saved").stdout == "0 planned\n"
    connection.execute("UPDATE searches SET requested_at = now() - interval '7 days'")
    connection.commit()
    assert json.loads(primetime("run-saved", "--json").stdout) == {"planned": [search_id + 1]}
    assert primetime("run-saved").stdout == "0 planned\n"
    row = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'search'").fetchone()
    assert row == (1,)


def test_a_query_of_nothing_is_refused(primetime) -> None:
    ended = primetime("run", "  ")
    assert (ended.returncode, ended.stderr) == (3, "primetime: the query is empty; write a PubMed query\n")


def test_pubmed_away_is_one_line_and_a_status(primetime, literature) -> None:
    literature.order({"path": "esearch", "status": 400, "times": 9})
    ended = primetime("run", "asthma")
    assert ended.returncode == 12
    assert ended.stderr.strip().splitlines()[-1].startswith("primetime: PubMed refuses the request (400)")
