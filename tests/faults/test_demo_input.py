"""What the demo says when it cannot go on: one line with the cause and the remedy, its own status, nothing deployed."""

import gzip
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def demo(repository: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "scripts/demo.py", *arguments],
        cwd=repository,
        env=os.environ
        | {"LOCALCLOUD_NAME": "fault", "LOCALCLOUD_PORT": "4571", "LOCALCLOUD_EDGE_PORT": "8084"}
        | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def last_line(run: subprocess.CompletedProcess[str]) -> str:
    return run.stderr.strip().splitlines()[-1]


@pytest.fixture
def whole_set() -> bytes:
    record = (
        b'<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">%d</PMID><Article>'
        b"<Journal><JournalIssue><PubDate><Year>1999</Year></PubDate></JournalIssue></Journal>"
        b"<ArticleTitle>Title</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )
    return b"<PubmedArticleSet>" + b"".join(record % pmid for pmid in range(1, 2000)) + b"</PubmedArticleSet>"


def test_a_corpus_that_is_not_there(repository: Path, tmp_path: Path) -> None:
    run = demo(repository, "--corpus", str(tmp_path / "none.xml"))
    assert run.returncode == 2
    assert "none.xml is not a file" in last_line(run)


def test_a_corpus_that_is_no_pubmed_xml(repository: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.xml"
    page.write_text("<html><body>Not found</body></html>")
    run = demo(repository, "--corpus", str(page))
    assert run.returncode == 3
    assert "is not PubMed XML" in last_line(run)
    assert "page.xml" in last_line(run)


def test_a_truncated_gzip(repository: Path, tmp_path: Path, whole_set: bytes) -> None:
    file = tmp_path / "cut.xml.gz"
    packed = gzip.compress(whole_set)
    file.write_bytes(packed[: len(packed) // 2])
    run = demo(repository, "--corpus", str(file))
    assert run.returncode == 3
    assert "truncated gzip" in last_line(run)


def test_one_bad_file_among_good_ones_stops_before_anything_is_deployed(
    repository: Path, tmp_path: Path, whole_set: bytes
) -> None:
    good, bad = tmp_path / "good.xml", tmp_path / "bad.xml"
    good.write_bytes(whole_set)
    bad.write_bytes(whole_set[:5000])
    run = demo(repository, "--corpus", f"{good},{bad}")
    assert run.returncode == 3
    assert "bad.xml" in last_line(run)
    assert "Start the local cloud" not in run.stderr


def test_a_port_in_use(repository: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = demo(repository, LOCALCLOUD_PORT=str(port), LOCALCLOUD_STATE=str(tmp_path / "state"))
    assert run.returncode not in (0, 1)
    assert f"{port}" in last_line(run)
    assert "LOCALCLOUD_PORT" in last_line(run)


def test_docker_that_does_not_answer(repository: Path, tmp_path: Path) -> None:
    run = demo(repository, DOCKER_HOST=f"unix://{tmp_path}/none.sock", LOCALCLOUD_STATE=str(tmp_path / "state"))
    assert run.returncode not in (0, 1)
    assert "Docker" in last_line(run)
