"""Where the serving model is found, on whatever kind of database."""

from contextlib import nullcontext
from typing import TYPE_CHECKING

import psycopg
import pytest

from primetime.database.migrations import migrate, read_migrations
from primetime.errors import ModelProblem
from primetime.vectors import serving_model
from primetime.vectors.serving_encoder import ServingEncoder, find_artifact

if TYPE_CHECKING:
    from conftest import Models


def test_a_database_from_before_goes_on_with_the_model_of_most_vectors(empty_database_url: str) -> None:
    earlier = [migration for migration in read_migrations() if migration.name < "0006"]
    with psycopg.connect(empty_database_url) as connection:
        migrate(connection, earlier)
        connection.execute("INSERT INTO encoder_models VALUES ('old', 'a', 2), ('new', 'b', 2)")
        for pmid, model_hashes in ((1, ["old", "new"]), (2, ["old"])):
            connection.execute("INSERT INTO articles (pmid, title, content_hash) VALUES (%s, 'Heart', 'c')", [pmid])
            for model_hash in model_hashes:
                connection.execute(
                    "INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding)"
                    " VALUES (%s, %s, 'c', '[0,1]')",
                    [model_hash, pmid],
                )
        connection.commit()
        migrate(connection)
        assert serving_model.serving_hash(connection) == "old"


def test_an_artifact_is_found_beside_the_configured_one(models: "Models") -> None:
    assert find_artifact(models.second, models.second_hash) == models.second
    assert find_artifact(models.second, models.first_hash) == models.first
    (models.first.parent / "broken").mkdir()
    (models.first.parent / "broken" / "manifest.json").write_text("{")
    with pytest.raises(ModelProblem, match="artifact of model 0123456789abcdef is not in"):
        find_artifact(models.second, "0123456789abcdef")


def test_a_process_starts_with_its_own_model_while_the_database_is_away(models: "Models") -> None:
    def away() -> nullcontext[psycopg.Connection]:
        raise psycopg.OperationalError("the server is away")

    process = ServingEncoder(models.second, threads=0, connect=away)
    process.start()
    process.close()
    assert process.encoder.manifest.hash == models.second_hash
