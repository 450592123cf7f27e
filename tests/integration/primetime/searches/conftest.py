from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from primetime.encoder.serving import Encoder
from primetime.searches.record import Order, Search
from primetime.searches.running import Means, run_search
from primetime.searches.storing import create_search, find_search
from primetime.settings import Settings
from primetime.sources.opening import open_sources


@pytest.fixture
def searching(literature_settings: Settings, model_directory: Path) -> Settings:
    return literature_settings.model_copy(update={"model_dir": model_directory})


@pytest.fixture
def means(searching: Settings, encoder: Encoder) -> Iterator[Means]:
    with open_sources(searching) as sources:
        yield Means(settings=searching, sources=sources, encoder=encoder)


@pytest.fixture
def plan(connection: psycopg.Connection) -> Callable[..., int]:
    def plan(query: str = "asthma[mh]", max_results: int = 500, **more: str) -> int:
        search_id = create_search(connection, Order(query=query, max_results=max_results, **more))
        connection.commit()
        return search_id

    return plan


@pytest.fixture
def run(connection: psycopg.Connection, means: Means) -> Callable[[int], Search]:
    def run(search_id: int) -> Search:
        run_search(connection, means, search_id)
        return find_search(connection, search_id)

    return run
