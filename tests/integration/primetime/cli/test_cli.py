"""The command line as a person runs it."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RECORD = (
    "<PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article><ArticleTitle>Title {pmid}</ArticleTitle></Article>"
    "</MedlineCitation></PubmedArticle>\n"
)


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRIMETIME_")}
    return {**kept, "PRIMETIME_DATABASE_URL": database_url, "PRIMETIME_DATA_DIR": str(tmp_path / "data")}


def run(environment: dict[str, str], *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from primetime.cli import main; main()", *arguments]
    return subprocess.run(command, env=environment, input=text, capture_output=True, text=True, timeout=120)


def assert_one_line(result: subprocess.CompletedProcess[str], status: int, words: str) -> None:
    assert result.returncode == status, result
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert "Traceback" not in result.stderr


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.xml.gz"
    records = "".join(RECORD.format(pmid=pmid) for pmid in ("1", "two", "3"))
    path.write_bytes(gzip.compress(f"<PubmedArticleSet>\n{records}</PubmedArticleSet>".encode()))
    return path


def test_help_names_every_command_and_loads_no_model(environment: dict[str, str]) -> None:
    code = (
        "import sys; from primetime.cli import primetime\n"
        "primetime(['--help'], standalone_mode=False)\n"
        "assert not {'psycopg', 'onnxruntime', 'fastapi', 'numpy'} & set(sys.modules), sys.modules.keys()"
    )
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    for command in (
        "migrate",
        "import",
        "duplicates",
        "embed",
        "analyse",
        "search",
        "export",
        "serve",
        "worker",
        "model",
        "account",
    ):
        assert command in result.stdout


def test_importing_tells_counts_and_positions_and_can_be_repeated(environment: dict[str, str], corpus: Path) -> None:
    first = run(environment, "import", str(corpus))
    assert first.returncode == 0
    assert "3 read, 2 new, 0 updated, 0 unchanged, 1 skipped" in first.stdout
    assert "record 2 (line 3): 'two' is not a PMID" in first.stderr
    again = json.loads(run(environment, "import", "--json", str(corpus)).stdout)
    assert [again[name] for name in ("read", "new", "unchanged", "skipped")] == [3, 0, 2, 1]
    assert again["files"][0]["problems"][0]["line"] == 3


def test_a_bad_file_is_refused_in_one_line_and_stores_nothing(
    environment: dict[str, str], corpus: Path, tmp_path: Path
) -> None:
    truncated = tmp_path / "truncated.xml.gz"
    truncated.write_bytes(corpus.read_bytes()[:-12])
    assert_one_line(run(environment, "import", str(truncated)), 3, "truncated gzip file; fetch the file again")
    no_xml = tmp_path / "notes.txt"
    no_xml.write_text("just words")
    assert_one_line(run(environment, "import", str(no_xml)), 3, "is in no format that can be read")
    assert_one_line(run(environment, "import", str(tmp_path / "none")), 3, "there is no file")
    assert json.loads(run(environment, "import", "--json", str(corpus)).stdout)["new"] == 2


def test_an_export_is_whole_or_not_there(environment: dict[str, str], corpus: Path, tmp_path: Path) -> None:
    run(environment, "import", str(corpus))
    output = tmp_path / "articles.csv"
    assert run(environment, "export", "--output", str(output)).returncode == 0
    assert output.read_text(encoding="utf-8-sig").count("\n") == 3
    assert run(environment, "export", "--output", "-").stdout.count("Title ") == 2
    assert_one_line(run(environment, "export", "--output", str(tmp_path / "no" / "x.csv")), 3, "cannot write")


RIS = (
    "TY  - JOUR\nTI  - Copper bed linens and infections\nAU  - Butler, J\nPY  - 2018\nSP  - 53\nVL  - 1\n{more}ER  - \n"
    "TY  - JOUR\nTI  - COPPER BED LINENS AND INFECTIONS.\nAU  - Butler, John\nPY  - 2018\nSP  - 53\nVL  - 1\n"
    "JF  - J Hosp Infect\nER  - \nTY  - JOUR\nER  - \n"
)


def test_the_duplicates_of_a_file_are_written_as_pairs(environment: dict[str, str], tmp_path: Path) -> None:
    file, output = tmp_path / "any.txt", tmp_path / "pairs.csv"
    file.write_text(RIS.format(more="DO  - 10.1/x\n"))
    result = run(environment, "duplicates", str(file), "--output", str(output))
    assert result.returncode == 0, result
    assert "2 records, 1 skipped, 1 pairs, 1 groups, 1 different" in result.stdout
    assert "skipped record 3 (line 17): no title" in result.stderr
    _, row = csv.reader(output.read_text(encoding="utf-8-sig").splitlines())
    assert row[:3] == ["1", "2", "fuzzy"]
    again = run(environment, "duplicates", str(file), "--output", "-", "--json")
    assert json.loads(again.stderr.splitlines()[-1])["pairs"] == 1
    assert_one_line(run(environment, "duplicates", str(file)), 3, "--output is missing")
    (tmp_path / "list.txt").write_text("1\n2\n")
    pmids = run(environment, "duplicates", str(tmp_path / "list.txt"), "--output", str(output))
    assert_one_line(pmids, 3, "has no articles to compare")


def test_other_formats_are_imported_linked_and_undone(environment: dict[str, str], tmp_path: Path) -> None:
    file, pmids = tmp_path / "any.txt", tmp_path / "pmids.txt"
    file.write_text(RIS.format(more="AN  - 7\nDB  - PubMed\n"))
    pmids.write_text("7\n8\nnine\n")
    result = run(environment, "import", str(file), str(pmids))
    assert "3 read, 2 new, 0 updated, 0 unchanged, 1 skipped, 0 deleted, 0 wanted" in result.stdout
    assert "3 read, 0 new, 0 updated, 0 unchanged, 1 skipped, 0 deleted, 2 wanted" in result.stdout
    assert "1 articles are duplicates of others, 1 of them found now" in result.stdout
    rows = list(csv.DictReader(run(environment, "export", "--output", "-").stdout.lstrip("\ufeff").splitlines()))
    assert [row["PMID"] for row in rows] == ["7"]
    assert "2 articles, 1 linked to another, 0 of them now" in run(environment, "duplicates").stdout
    assert_one_line(run(environment, "duplicates", "--undo", "7"), 7, "is no duplicate of another")


def test_accounts_are_created_once_and_listed(environment: dict[str, str]) -> None:
    create = ("account", "create", "ann@example.org", "--role", "administrator", "--password-stdin")
    assert run(environment, *create, text="correct horse battery\n").returncode == 0
    assert_one_line(run(environment, *create, text="correct horse battery\n"), 3, "there is an account")
    assert run(environment, *create, "--if-missing", text="correct horse battery\n").returncode == 0
    listed = json.loads(run(environment, "account", "list", "--json").stdout)
    assert [(account["email"], account["role"]) for account in listed] == [("ann@example.org", "administrator")]
    short = ("account", "create", "bob@example.org", "--role", "reader", "--password-stdin")
    assert_one_line(run(environment, *short, text="short\n"), 3, "fewer than 10 characters")
    hiding = ("account", "create", "b\u200bob@example.org", "--role", "reader", "--password-stdin")
    assert_one_line(run(environment, *hiding, text="correct horse battery\n"), 3, "cannot be seen")


def test_each_failure_has_its_own_status(environment: dict[str, str], empty_database_url: str) -> None:
    away = {**environment, "PRIMETIME_DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"}
    result = run(away, "account", "list")
    assert_one_line(result, 4, "PostgreSQL cannot be reached")
    assert "hunter2" not in result.stderr
    malformed = {**environment, "PRIMETIME_DATABASE_URL": "postgres//u:hunter2@x"}
    result = run(malformed, "account", "list")
    assert_one_line(result, 4, "is not a PostgreSQL connection string")
    assert "hunter2" not in result.stderr
    empty = {**environment, "PRIMETIME_DATABASE_URL": empty_database_url}
    assert_one_line(run(empty, "account", "list"), 4, "run `primetime migrate`")
    assert_one_line(run(environment, "search", "asthma"), 5, "primetime model build")
    assert_one_line(run({**environment, "PRIMETIME_PORT": "many"}, "migrate"), 3, "PRIMETIME_PORT")
    assert_one_line(run(environment, "serve"), 3, "PRIMETIME_SESSION_SECRET is not set")


def test_migrating_twice_applies_nothing_the_second_time(environment: dict[str, str], empty_database_url: str) -> None:
    empty = {**environment, "PRIMETIME_DATABASE_URL": empty_database_url}
    assert "applied 0001_articles" in run(empty, "migrate").stdout
    assert run(empty, "migrate").stdout == "nothing to apply\n"
