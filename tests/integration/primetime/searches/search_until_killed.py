"""Run by a test in a process of its own: carries a search out, and dies as by `kill -9` at the moment it is told."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import psycopg

from primetime.encoder.serving import Encoder
from primetime.searches import fetching, running
from primetime.settings import Settings
from primetime.sources.opening import open_sources
from primetime.vectors import storing


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(module: Any, name: str, calls: int = 1) -> None:
    """Die when a function has returned for the so-many-th time."""
    function = getattr(module, name)
    left = calls

    def dying(*arguments: Any, **options: Any) -> Any:
        nonlocal left
        result = function(*arguments, **options)
        left -= 1
        if left == 0:
            die()
        return result

    setattr(module, name, dying)


MOMENTS = {
    # PubMed has answered, nothing is stored.
    "planned by PubMed": lambda: die_after(running, "plan_search"),
    # Within the transaction that stores the plan: after its translations were learned, before it is committed.
    "storing the plan": lambda: die_after(running, "learn"),
    "first page stored, not marked": lambda: die_after(fetching, "store_articles"),
    "second page stored, not marked": lambda: die_after(fetching, "store_articles", 2),
    "first page committed": lambda: die_after(fetching, "store_in_turn"),
    "all fetched": lambda: die_after(running, "fetch_missing"),
    "citations looked up": lambda: die_after(running, "refresh_citations"),
    "second batch encoded, not committed": lambda: die_after(storing, "to_parameter", 130),
    "encoded": lambda: die_after(running, "encode_missing"),
    "similarities stored": lambda: die_after(running, "store_similarities"),
    "scored": lambda: die_after(running, "score_search"),
}

if __name__ == "__main__":
    moment, settings_json, search_id = sys.argv[1:]
    settings = Settings.model_validate_json(settings_json)
    fetching.BATCH = 60
    storing.BATCH = 100
    MOMENTS[moment]()
    with psycopg.connect(settings.database_url) as connection, open_sources(settings) as sources:
        encoder = Encoder.open(Path(settings.model_directory))
        running.run_search(
            connection, running.Means(settings=settings, sources=sources, encoder=encoder), int(search_id)
        )
