"""The audit trail of what commands change: each once, with numbers and no words; what reads leaves none."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from primetime.cli import primetime
from primetime.commands.session import read_only
from primetime.encoder.artifact import read_manifest
from primetime.searches.record import Order
from primetime.searches.saved import save_search
from primetime.searches.storing import create_search
from primetime.settings import Settings

RIS = "TY  - JOUR\nTI  - A secret plan of zinc in children\nAU  - Smith, J\nPY  - 2001\nSP  - 7\n"
END = "ER  - \n"
Run = Callable[..., None]


@pytest.fixture
def run(literature_settings: Settings, model_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    settings = literature_settings.model_copy(update={"model_dir": model_directory})
    for name, value in settings.model_dump(mode="json").items():
        if value is not None:
            monkeypatch.setenv(f"PRIMETIME_{name.upper()}", str(value))

    def command(*arguments: str) -> None:
        primetime.main(args=list(arguments), prog_name="primetime", standalone_mode=False)

    return command


def trail(connection: psycopg.Connection) -> list[tuple[str, str, str, dict[str, Any]]]:
    connection.rollback()
    return connection.execute("SELECT actor, action, subject, details FROM audit_events ORDER BY id").fetchall()


def test_each_command_that_changes_something_leaves_one_record(
    run: Run, connection: psycopg.Connection, model_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = tmp_path / "records.ris"
    records.write_text(RIS + END + RIS + "DB  - PubMed\nAN  - 5\n" + END)
    model = f"model={read_manifest(model_directory).hash}"
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    run("account", "create", "ann@example.org", "--role", "reader", "--password-stdin")
    run("import", str(records))
    run("duplicates")  # the import has linked it already
    row = connection.execute("SELECT duplicate FROM duplicate_links").fetchone()
    assert row is not None
    run("duplicates", "--undo", str(row[0]))
    run("embed")
    run("embed")  # nothing is left to encode
    run("searches", "run", "asthma[mh]", "--max", "3", "--idea", "a secret plan of zinc")
    saved = create_search(connection, Order(query="zinc", max_results=5))
    save_search(connection, saved, name="Zinc", every_days=7)
    connection.commit()
    run("searches", "run-saved")  # none is due
    connection.execute("UPDATE searches SET state = 'done', requested_at = now() - interval '7 days'")
    connection.commit()
    run("searches", "run-saved")
    run("searches", "refresh-citations")
    run("model", "switch")
    told = trail(connection)
    assert {actor for actor, *_ in told} == {"command line"}
    assert [(action, subject) for _, action, subject, _ in told] == [
        ("primetime account create", "ann@example.org"),
        ("primetime import", ""),
        ("primetime duplicates", ""),
        ("primetime duplicates", f"pmid={row[0]}"),
        ("primetime embed", model),
        ("primetime searches run", f"search_id={saved - 1}"),
        ("primetime searches run-saved", f"search_id={saved + 1}"),
        ("primetime searches refresh-citations", ""),
        ("primetime model switch", model),
    ]
    assert told[1][3]["new"] == 2
    assert "secret" not in str(told)


def test_a_file_of_which_nothing_is_stored_leaves_none(
    run: Run, connection: psycopg.Connection, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.ris", tmp_path / "bad.xml"
    good.write_text(RIS + END)
    bad.write_text("<PubmedArticleSet><PubmedArticle>")
    with pytest.raises(Exception, match="ends"):
        run("import", str(good), str(bad))
    assert [(action, details["new"]) for _, action, _, details in trail(connection)] == [("primetime import", 1)]
    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (1,)


def test_a_command_that_reads_can_change_nothing(
    run: Run, settings: Settings, connection: psycopg.Connection, tmp_path: Path
) -> None:
    run("account", "list")
    run("runs")
    run("mail", "status")
    run("model", "status")
    run("duplicates", "--near")
    run("search", "zinc")
    run("analyse", "--plan")
    run("export", "--output", str(tmp_path / "articles.csv"))
    assert trail(connection) == []
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), read_only(settings) as reading:
        reading.execute("INSERT INTO articles (pmid, title, content_hash) VALUES (1, '', '')")
