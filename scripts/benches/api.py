"""The HTTP interface over 100,000 articles: what 50 clients wait, and how many cached reads a process answers a second.

The articles are real ones, repeated under new PMIDs with words left out and years moved; their vectors are those of the
real ones, moved at random by a tenth of their length. `primetime serve` runs as it does on a server, in one process, on
an embedded PostgreSQL; the limits of requests alone are raised. For the waiting times, each client asks for something
random, reads the answer, and thinks for a second on average; for the cached reads it asks again at once. What was not
in the cache is told apart as well (`made`), as some questions come again. Clients and server share the machine's cores.
"""

import asyncio
import contextlib
import json
import os
import random
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

import click
import numpy as np
import psycopg

from primetime.accounts.people import Role, create_account
from primetime.accounts.sessions import Sessions
from primetime.articles.pubmed_xml import read_pubmed_file
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.database.embedded import start_embedded_server
from primetime.database.migrations import migrate
from primetime.encoder.pooling import to_unit_length
from primetime.encoder.serving import Encoder
from primetime.vectors.halfvec import QUERIES, from_binary, storage_of, to_parameter
from primetime.vectors.nearest_index import ensure_index
from primetime.vectors.serving_model import serving_hash
from primetime.vectors.storing import encode_missing

CLIENTS = 50
REAL = 1_000
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
KEPT = b"prime-time; hit"
SECRET = secrets.token_hex(32)
Asking = Callable[[random.Random], str]


def perturbed(articles: list[Article], number: int, chance: random.Random) -> Iterator[Article]:
    """So many articles: real ones, each time with other words left out and another year."""
    for pmid, article in enumerate(islice(cycle(articles), number), 1):
        words = [word for word in article.abstract.split() if chance.random() > 0.05]
        moved = timedelta(days=chance.randint(-3000, 3000))
        printed = article.publication_date
        date = replace(
            printed, first=printed.first and printed.first + moved, last=printed.last and printed.last + moved
        )
        yield replace(article, pmid=pmid, abstract=" ".join(words), publication_date=date)


def fill(connection: psycopg.Connection, sample: Path, encoder: Encoder, number: int) -> list[str]:
    """Store and embed; words that the articles have, to ask for."""
    chance = random.Random(7)
    real = [one for one in read_pubmed_file(sample) if isinstance(one, Article) and one.abstract][:REAL]
    store_articles(connection, list(perturbed(real, REAL, chance)))
    encode_missing(connection, encoder)
    connection.commit()
    model = encoder.manifest.hash
    rows = connection.cursor(binary=True).execute(QUERIES["all_vectors"], {"model_hash": model}).fetchall()
    storage = storage_of(connection)
    vectors = from_binary([bytes(row[1]) for row in rows], storage)
    store_articles(connection, islice(perturbed(real, number, chance), REAL, None))
    generator = np.random.default_rng(7)
    with connection.cursor() as cursor:
        hashes = connection.execute("SELECT pmid, content_hash FROM articles WHERE pmid > %s", (REAL,)).fetchall()
        with cursor.copy(
            "COPY article_vectors (model_hash, pmid, content_hash, embedding) FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["text", "int8", "text", "halfvec" if storage == "halfvec" else "bytea"])
            for pmid, content_hash in hashes:
                vector = vectors[(pmid - 1) % len(vectors)]
                noise = generator.standard_normal(len(vector)).astype(np.float32)
                moved = to_unit_length((vector + 0.1 * noise / np.linalg.norm(noise))[None, :])[0]
                copy.write_row((model, pmid, content_hash, to_parameter(moved, storage)))
    connection.commit()
    connection.autocommit = True
    connection.execute("VACUUM ANALYZE")
    ensure_index(connection, model)
    words = [word.strip(".,;:()").lower() for article in real for word in article.title.split()]
    return sorted({word for word in words if word.isalpha() and len(word) > 5})


class Answers(asyncio.Protocol):
    """One connection: sends a request, waits for the whole answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.done: asyncio.Future[bytes] | None = None
        self.received = b""
        self.open = True

    def connection_lost(self, _reason: Exception | None) -> None:
        self.open = False
        if self.done is not None and not self.done.done():
            self.done.set_exception(ConnectionResetError("the server hung up in the middle of an answer"))

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if end and length and len(body) >= int(length[1]) and self.done is not None and not self.done.done():
            self.received = b""
            self.done.set_result(head)

    async def ask(self, path: str, cookie: str) -> bytes:
        """The answer's status line and headers."""
        self.done = asyncio.get_running_loop().create_future()
        assert isinstance(self.transport, asyncio.WriteTransport)
        self.transport.write(f"GET {path} HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n".encode())
        return await self.done


@dataclass
class Waits:
    """The milliseconds that answers took, and the answers a second."""

    all: list[float] = field(default_factory=list)
    made: list[float] = field(default_factory=list)  # of those that were not kept
    rate: float = 0.0


async def measure(port: int, cookie: str, path: Asking, *, seconds: float, think: float) -> Waits:
    waits = Waits()
    loop = asyncio.get_running_loop()

    async def client(number: int) -> None:
        chance = random.Random(number)
        _, answers = await loop.create_connection(Answers, "127.0.0.1", port)
        await asyncio.sleep(chance.random() * think)
        while time.perf_counter() < until:
            asked = path(chance)
            began = time.perf_counter()
            if not answers.open:  # the server closes a connection that was silent for five seconds
                _, answers = await loop.create_connection(Answers, "127.0.0.1", port)
            head = await answers.ask(asked, cookie)
            if head.split(b" ", 2)[1] != b"200":
                raise click.ClickException(f"{asked} was answered with {head.splitlines()[0].decode()}")
            waits.all.append((time.perf_counter() - began) * 1000)
            if KEPT not in head:
                waits.made.append(waits.all[-1])
            if think:
                await asyncio.sleep(chance.expovariate(1 / think))
        answers.transport.close()

    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    waits.rate = len(waits.all) / (time.perf_counter() - began)
    return waits


@contextlib.contextmanager
def serving(environment: dict[str, str], port: int) -> Iterator[int]:
    """The process id of a server that is ready."""
    primetime = str(Path(sys.executable).parent / "primetime")
    process = subprocess.Popen([primetime, "serve"], env=os.environ | environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        time.sleep(2)  # it hears of changes, and its pool is full
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def processor_seconds(pid: int) -> float:
    """What a process has computed so far, all its threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def summary(waits: list[float]) -> dict[str, float]:
    if not waits:
        return {"answers": 0}
    shares = {f"p{share}_ms": round(float(np.percentile(waits, share)), 1) for share in (50, 95, 99)}
    return {"answers": len(waits), **shares}


def _computed(pid: int, before: float, answers: int) -> dict[str, float]:
    """The server's processor milliseconds an answer, which depend little on what else the machine does."""
    return {"cpu_ms": round((processor_seconds(pid) - before) * 1000 / answers, 2)}


def questions(words: list[str], number: int) -> dict[str, Asking]:
    """What clients ask for, by what the figures are called."""

    def of_words(chance: random.Random, count: int) -> str:
        return quote(" ".join(chance.choice(words) for _ in range(count)))

    def lists(chance: random.Random) -> str:
        base = f"/api/v1/articles?page_size=25&page={chance.randint(1, 20)}"
        return base + chance.choice(
            ["", f"&year_from={chance.randint(1980, 2020)}", f"&q={of_words(chance, 1)}", "&sort=oldest", "&sort=title"]
        )

    return {
        "article": lambda chance: f"/api/v1/articles/{chance.randint(1, number)}",
        "list": lists,
        "hybrid": lambda chance: f"/api/v1/search?mode=hybrid&limit=25&q={of_words(chance, 3)}",
    }


@click.command()
@click.option("--sample", type=click.Path(exists=True, path_type=Path), required=True, help="PubMed XML.")
@click.option("--model", type=click.Path(exists=True, path_type=Path), required=True, help="The encoder's artifact.")
@click.option("--articles", "number", default=100_000, show_default=True)
@click.option("--seconds", default=20.0, show_default=True, help="For each figure.")
@click.option("--redis", default="", help="URL of a Redis to keep answers in; default: the process's own memory.")
@click.option("--data", type=click.Path(path_type=Path), help="Keep the database here, and use it again.")
@click.option("--only", multiple=True, help="article, list, hybrid, cached; default: all.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(
    sample: Path,
    model: Path,
    number: int,
    seconds: float,
    redis: str,
    data: Path | None,
    only: tuple[str, ...],
    as_json: bool,
) -> None:
    """Time pages, lists, hybrid searches and cached reads."""
    with tempfile.TemporaryDirectory(prefix="primetime-bench-", ignore_cleanup_errors=True) as name:
        folder = data or Path(name) / "data"
        url = start_embedded_server(folder / "postgres")
        words_file = folder / "words.json"
        with psycopg.connect(url) as connection:
            connection.autocommit = True
            migrate(connection)
            connection.autocommit = False
            if not words_file.exists():
                words = fill(connection, sample, Encoder.open(model), number)
                connection.autocommit = False
                words_file.write_text(json.dumps(words))
            words = json.loads(words_file.read_text())
            model_hash = serving_hash(connection)
            connection.commit()
            if (not only or "hybrid" in only) and model_hash and ensure_index(connection, model_hash):
                connection.autocommit = True
                connection.execute("VACUUM ANALYZE")
        with psycopg.connect(url) as connection:
            address = f"{secrets.token_hex(4)}@example.org"
            account = create_account(connection, email=address, password=secrets.token_hex(16), role=Role.READER)
            token = Sessions(SECRET.encode(), hours=1).open(connection, account.id)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        environment = {
            "PRIMETIME_DATABASE_URL": url,
            "PRIMETIME_SESSION_SECRET": SECRET,
            "PRIMETIME_MODEL_DIR": str(model.resolve()),
            "PRIMETIME_PORT": str(port),
            "PRIMETIME_REDIS_URL": redis,
            "PRIMETIME_LIMIT_GENERAL": "100000000",
            "PRIMETIME_LIMIT_SEARCH": "100000000",
        }
        figures: dict[str, object] = {"name": "api", "articles": number, "clients": CLIENTS}
        with serving(environment, port) as pid:
            cookie = f"primetime_session={token}"
            for what, path in questions(words, number).items():
                if only and what not in only:
                    continue
                asyncio.run(measure(port, cookie, path, seconds=3, think=1))
                before = processor_seconds(pid)
                waits = asyncio.run(measure(port, cookie, path, seconds=seconds, think=1))
                made = {"made": summary(waits.made)}
                figures[what] = summary(waits.all) | _computed(pid, before, len(waits.all)) | made
                click.echo(f"{what} {figures[what]}", err=True)
            kept = [f"/api/v1/articles/{pmid}" for pmid in range(1, 51)]
            before = processor_seconds(pid)
            waits = asyncio.run(measure(port, cookie, lambda chance: chance.choice(kept), seconds=seconds / 2, think=0))
            figures["cached"] = (
                summary(waits.all) | _computed(pid, before, len(waits.all)) | {"a_second": round(waits.rate)}
            )
            status = Path(f"/proc/{pid}/status").read_text()
            figures["memory_mb"] = int(status.partition("VmRSS:")[2].split()[0]) // 1024
    if as_json:
        print(json.dumps(figures))
    else:
        for key, value in figures.items():
            print(f"{key:12} {value}")
