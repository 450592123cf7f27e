"""The demo's figures: how long it takes cold, again, and `site.yml` alone, and what memory the server needs.

It makes a deployment from nothing (our images and `build/` removed first; packages and `.venv` are there, and
`time make setup` in a fresh clone measures those), then again, then only `site.yml`, in a local cloud of its own, and
reads the server's memory every half second, also while it embeds. No other local cloud may stand: it holds the images.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import click
import docker

from playbook import REPOSITORY, run_playbook

BIN = Path(sys.executable).parent
GIGABYTE = 2**30


class MemoryWatch(threading.Thread):
    """The highest working set (bytes) of the server, read from its control group as `docker stats` does.

    The working set is what the kernel cannot give back: usage less the inactive file cache.
    """

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self.highest = 0
        self.limit = 0
        self._filters: dict[str, str | list[str] | bool] = {"label": [f"localcloud={name}", "localcloud.kind=instance"]}
        self._stop_asked = threading.Event()

    def run(self) -> None:
        client = docker.from_env()
        while not self._stop_asked.wait(0.5):
            for container in client.containers.list(filters=self._filters):
                statistics = container.stats(stream=False)
                assert isinstance(statistics, dict)  # what stream=False means; its stub covers both
                memory = statistics["memory_stats"]
                reclaimable = memory.get("stats", {})
                inactive = reclaimable.get("total_inactive_file", reclaimable.get("inactive_file", 0))
                self.highest = max(self.highest, memory.get("usage", 0) - inactive)
                self.limit = memory.get("limit", 0)

    def stop(self) -> None:
        self._stop_asked.set()
        self.join()


def deploy(corpus: str | None) -> dict[str, Any]:
    """Run the demo once; its own summary of what took how long (seconds)."""
    with tempfile.TemporaryDirectory() as folder:
        summary = Path(folder) / "summary.json"
        command = [sys.executable, "scripts/demo.py", "--summary", str(summary)]
        command += ["--corpus", corpus] if corpus else []
        subprocess.run(command, cwd=REPOSITORY, stdout=sys.stderr, check=True)
        document: dict[str, Any] = json.loads(summary.read_text())
    return document


@click.command()
@click.option("--corpus", help="PubMed XML files; default: the made-up corpus.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def bench(corpus: str | None, as_json: bool) -> None:
    """Time the demo cold, again, and site.yml alone; watch the server's memory while it embeds."""
    name = "bench"
    # Every command below meets this cloud and no other.
    os.environ.update(LOCALCLOUD_NAME=name, LOCALCLOUD_PORT="4568", LOCALCLOUD_EDGE_PORT="8082")
    localcloud = [str(BIN / "localcloud")]
    subprocess.run([*localcloud, "reset"], stdout=sys.stderr, check=True)
    subprocess.run([*localcloud, "images", "--remove"], stdout=sys.stderr, check=True)
    engine = docker.from_env()
    for image in engine.images.list("prime-time/app"):
        engine.images.remove(str(image.id), force=True)
    shutil.rmtree(REPOSITORY / "build", ignore_errors=True)
    try:
        watch = MemoryWatch(name)
        watch.start()
        cold = deploy(corpus)
        watch.stop()
        again = deploy(corpus)
        site = run_playbook(
            REPOSITORY / "playbooks" / "site.yml",
            inventory=REPOSITORY / "inventory" / "local",
            log=REPOSITORY / ".localcloud" / name / "logs" / "bench.jsonl",
        )
    finally:
        subprocess.run([*localcloud, "reset"], stdout=sys.stderr, check=True)
    figures = {
        "name": "demo",
        "cold_seconds": round(sum(cold["seconds"].values()), 1),
        "again_seconds": round(sum(again["seconds"].values()), 1),
        "site_again_seconds": round(site.seconds, 1),
        "site_again_changed": site.changed,
        "server_working_set_gb": round(watch.highest / GIGABYTE, 2),
        "server_memory_gb": round(watch.limit / GIGABYTE, 2),
        "steps": cold["seconds"],
        "plays": cold["plays"],
    }
    if as_json:
        print(json.dumps(figures))
    else:
        for key, value in figures.items():
            print(f"{key:24} {value}")
