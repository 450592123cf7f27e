"""A small corpus of six plain subjects for the real encoder."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.settings import Settings

SUBJECTS = (
    "inhaled steroids for asthma in children",
    "heart failure and ejection fraction",
    "triptans for acute migraine attacks",
    "phototherapy of plaque psoriasis",
    "artemisinin resistance of malaria parasites",
    "seizures under epilepsy surgery",
)
Store = Callable[..., None]


@pytest.fixture
def store(connection: psycopg.Connection) -> Store:
    """Store `each` articles of each subject, with PMIDs from `first`, over the years 2000 to 2014."""

    def storing(each: int = 30, first: int = 1) -> None:
        store_articles(
            connection,
            [
                Article(
                    pmid=first + number * len(SUBJECTS) + place,
                    title=f"{subject.capitalize()}, report {number}",
                    abstract="",
                    publication_date=read_publication_date(year=str(2000 + number % 15)),
                )
                for number in range(each)
                for place, subject in enumerate(SUBJECTS)
            ],
        )
        connection.commit()

    return storing


@pytest.fixture
def with_encoder(settings: Settings, model_directory: Path) -> Settings:
    """This test's settings with a real encoder."""
    return settings.model_copy(update={"model_dir": model_directory})
