"""A search of PubMed from its order to its end, against the stand-in at 3 requests a second, encoding included.

The corpus is served by `localcloud.literature` without a key, which refuses the fourth request in a second. The
database is an embedded PostgreSQL that is empty before, so every article is fetched, stored and encoded.
"""

import itertools
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg

from primetime.database.embedded import start_embedded_server
from primetime.database.migrations import migrate
from primetime.encoder.serving import Encoder
from primetime.searches.record import Order
from primetime.searches.running import Means, run_search
from primetime.searches.storing import create_search, find_search
from primetime.settings import Settings
from primetime.sources.opening import open_sources

REPOSITORY = Path(__file__).resolve().parents[2]


@contextmanager
def stand_in(corpus: tuple[Path, ...]) -> Iterator[str]:
    """The address of PubMed and the citation sources over these files."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "localcloud.literature", *(str(file.resolve()) for file in corpus)]
    process = subprocess.Popen([*command, "--port", str(port)], cwd=REPOSITORY)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            if process.poll() is not None:
                raise click.ClickException("the stand-in ended; what it said stands above")
            try:
                _get(f"{url}/_literature/health")
                break
            except urllib.error.URLError:
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait()


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url) as reply:  # noqa: S310 (the address is the stand-in's)
        return bytes(reply.read())


class Steps(threading.Thread):
    """The moments at which a search entered its steps, seen from another connection ten times a second."""

    def __init__(self, database_url: str, search_id: int) -> None:
        super().__init__(daemon=True)
        self.entered: dict[str, float] = {}
        self._url, self._id = database_url, search_id
        self._stop_asked = threading.Event()

    def run(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            while not self._stop_asked.wait(0.1):
                row = connection.execute("SELECT step FROM searches WHERE id = %s", (self._id,)).fetchone()
                if row is not None:
                    self.entered.setdefault(row[0], time.monotonic())

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()


@click.command("search")
@click.argument("corpus", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--query", default="hasabstract", show_default=True)
@click.option("--articles", default=1000, show_default=True, type=click.IntRange(1, 10_000))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench(corpus: tuple[Path, ...], model: Path, query: str, articles: int, as_json: bool) -> None:
    """Seconds of one search of CORPUS (PubMed XML) for the first ARTICLES that QUERY finds."""
    with tempfile.TemporaryDirectory(prefix="primetime-bench-") as folder, stand_in(corpus) as url:
        database_url = start_embedded_server(Path(folder) / "postgres")
        settings = Settings(
            database_url=database_url,
            data_dir=Path(folder),
            model_dir=model,
            pubmed_url=f"{url}/entrez/eutils",
            pubmed_api_key="",
            icite_url=f"{url}/icite/api",
            openalex_url=f"{url}/openalex",
            openalex_api_key="bench",
            crossref_url=f"{url}/crossref",
        )
        encoder = Encoder.open(model)
        encoder.warm()
        with psycopg.connect(database_url) as connection, open_sources(settings) as sources:
            migrate(connection)
            search_id = create_search(connection, Order(query=query, max_results=articles))
            connection.commit()
            steps = Steps(database_url, search_id)
            began = time.monotonic()
            steps.start()
            run_search(connection, Means(settings=settings, sources=sources, encoder=encoder), search_id)
            took = time.monotonic() - began
            steps.stop()
            search = find_search(connection, search_id)
        requests = json.loads(_get(f"{url}/_literature/requests"))
    moments = {"planning": began, **steps.entered, "finished": began + took}
    order = sorted(moments, key=lambda name: moments[name])
    result = {
        "seconds": round(took, 1),
        "articles_found": search.articles_found,
        "fetched": search.fetched,
        "embedded": search.embedded,
        "scored": search.scored,
        "seconds_by_step": {
            step: round(moments[after] - moments[step], 1) for step, after in itertools.pairwise(order)
        },
        "requests": {name: count for name, count in sorted(requests.items()) if "eutils" in name},
        "refused_for_their_rate": sum(count for name, count in requests.items() if name.startswith("429")),
        "model": encoder.manifest.source,
    }
    if as_json:
        click.echo(json.dumps(result))
        return
    for name, value in result.items():
        click.echo(f"{name:24} {value}")
