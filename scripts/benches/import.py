"""Reading and storing PubMed XML: records a second, beside `pubmed_parser` on the same file in the same run.

The file is a sample of PubMed's own, repeated under new PMIDs until it has as many records as asked for. Reading is
timed to the rows that are stored, with every field kept, on one core and on all; storing on an embedded PostgreSQL
that is empty before, full-text index included. The memory is the highest of this process and its readers together, in
a reading of its own: looking after it takes time.
"""

import gzip
import json
import re
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click
import psycopg
import pubmed_parser

from primetime.articles.parallel_reading import read_rows
from primetime.articles.storing import store_rows
from primetime.database.embedded import start_embedded_server
from primetime.database.migrations import migrate

MEGABYTE = 1 << 20
PMID = re.compile(rb"(<MedlineCitation[^>]*>\s*<PMID[^>]*>)\d+(<)")


def repeat(sample: Path, target: Path, records: int) -> int:
    """Write the sample's records again and again, each with a PMID of its own; how many were written."""
    data = gzip.decompress(sample.read_bytes())
    start, end = data.index(b"<PubmedArticle>"), data.index(b"</PubmedArticleSet")
    parts = [part + b"</PubmedArticle>\n" for part in data[start:end].split(b"</PubmedArticle>")[:-1]]
    with gzip.open(target, "wb", compresslevel=1) as file:
        file.write(data[:start])
        for number in range(records):
            file.write(PMID.sub(rb"\g<1>%d\g<2>" % (number + 1), parts[number % len(parts)], count=1))
        file.write(data[end:])
    return records


class MemoryWatch(threading.Thread):
    """The highest resident memory of this process and its children (megabytes), read ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.highest = 0.0
        self._stop_asked = threading.Event()

    def run(self) -> None:
        while not self._stop_asked.wait(0.1):
            self.highest = max(self.highest, sum(_resident(pid) for pid in _family()))

    def stop(self) -> float:
        self._stop_asked.set()
        self.join()
        return self.highest


def _family() -> list[str]:
    """This process and its children; PostgreSQL's memory is not the import's."""
    own = Path("/proc/self").resolve().name
    family = [own]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            is_ours = parent == own and not (folder / "comm").read_text().startswith("postgres")
        except OSError:
            continue  # it ended meanwhile
        if is_ours:
            family.append(folder.name)
    return family


def _resident(pid: str) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * resource.getpagesize() / MEGABYTE


def rate(records: int, work: Callable[[], object]) -> int:
    began = time.perf_counter()
    work()
    return round(records / (time.perf_counter() - began))


def store(path: Path, folder: Path) -> None:
    with psycopg.connect(start_embedded_server(folder)) as connection:
        report = store_rows(connection, read_rows(path))
    assert report.new == report.read


@click.command()
@click.option("--sample", type=click.Path(exists=True, path_type=Path), required=True, help="PubMed XML, gzip.")
@click.option("--records", default=20_000, show_default=True, help="How many the repeated file has.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(sample: Path, records: int, as_json: bool) -> None:
    """Time reading (ours and pubmed_parser's) and storing; watch the memory."""
    with tempfile.TemporaryDirectory(prefix="primetime-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        path = folder / "repeated.xml.gz"
        repeat(sample, path, records)
        all_cores = rate(records, lambda: [None for _ in read_rows(path)])
        watch = MemoryWatch()
        watch.start()
        rate(records, lambda: [None for _ in read_rows(path)])
        memory = watch.stop()
        one_core = rate(records, lambda: [None for _ in read_rows(path, processes=0)])
        peer = rate(records, lambda: [None for _ in pubmed_parser.parse_medline_xml(str(path))])
        with psycopg.connect(start_embedded_server(folder / "postgres"), autocommit=True) as connection:
            migrate(connection)
        stored = rate(records, lambda: store(path, folder / "postgres"))
    figures = {
        "name": "import",
        "records": records,
        "read_per_second": all_cores,
        "read_per_second_one_core": one_core,
        "pubmed_parser_per_second": peer,
        "times_pubmed_parser": round(all_cores / peer, 2),
        "store_per_second": stored,
        "memory_mb": round(memory),
    }
    if as_json:
        print(json.dumps(figures))
    else:
        for key, value in figures.items():
            print(f"{key:28} {value}")
