"""The map over several analyses: what keeps its place, and what is laid out anew."""

import numpy as np
import psycopg

from primetime.analysis import reading
from primetime.analysis.running import analyse
from primetime.settings import Settings
from tests.integration.primetime.analysis.planting import MODEL, Plant


def places(connection: psycopg.Connection, run_id: int) -> np.ndarray:
    shown = reading.topic_map(connection, run_id)
    return np.stack([shown.x, shown.y], axis=1)


def spread(place: np.ndarray) -> float:
    """How far the 40 articles of each planted topic lie from its middle, over how far all lie."""
    topics = place.reshape(-1, 40, 2)
    middles = np.median(topics, axis=1, keepdims=True)
    return float(np.median(np.linalg.norm(topics - middles, axis=2)) / place.std())


def test_the_map_stays_while_the_model_and_the_texts_stay(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant(topics=6, each=40)
    first = analyse(connection, model_hash=MODEL, settings=settings)
    second = analyse(connection, model_hash=MODEL, settings=settings)
    assert (places(connection, second.run_id) == places(connection, first.run_id)).all()


def test_another_models_map_is_laid_from_its_own_vectors(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant(topics=6, each=40)
    first = analyse(connection, model_hash=MODEL, settings=settings)
    # It finds each article where the first model finds the article of the reverse number.
    connection.execute("INSERT INTO encoder_models (hash, source, dimension) VALUES ('another', '', 32)")
    connection.execute(
        """INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding)
        SELECT 'another', a.pmid, a.content_hash, v.embedding
        FROM articles AS a JOIN article_vectors AS v ON v.pmid = (a.pmid * 7) % 241"""
    )
    connection.commit()
    second = analyse(connection, model_hash="another", settings=settings)
    of_first = np.argsort([(pmid * 7) % 241 for pmid in range(1, 241)])
    assert spread(places(connection, first.run_id)) < 0.5
    assert spread(places(connection, second.run_id)[of_first]) < 0.5


def test_an_article_whose_text_changed_moves_to_its_new_neighbours(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant(topics=6, each=40)
    before = places(connection, analyse(connection, model_hash=MODEL, settings=settings).run_id)
    row = connection.execute("SELECT embedding FROM article_vectors WHERE pmid = 70").fetchone()
    assert row is not None
    connection.execute("UPDATE articles SET content_hash = 'revised' WHERE pmid = 5")
    connection.execute(
        "UPDATE article_vectors SET content_hash = 'revised', embedding = %s, encoded_at = now() WHERE pmid = 5",
        (row[0],),
    )
    connection.commit()
    after = places(connection, analyse(connection, model_hash=MODEL, settings=settings).run_id)
    home = np.median(before[40:80], axis=0)
    width = np.ptp(before, axis=0).max()
    assert np.linalg.norm(before[4] - home) > 0.2 * width
    assert np.linalg.norm(after[4] - home) < 0.15 * width
    assert np.median(np.linalg.norm(after - before, axis=1)) < 0.05 * width, "the others stay about where they were"


def test_of_very_many_articles_an_even_share_of_each_topic_is_drawn(
    connection: psycopg.Connection, settings: Settings, plant: Plant
) -> None:
    plant(topics=6, each=40)
    run_id = analyse(connection, model_hash=MODEL, settings=settings).run_id
    whole = reading.topic_map(connection, run_id)
    assert whole.articles == len(whole.pmid) == 240
    drawn = reading.topic_map(connection, run_id, most=60)
    assert (drawn.articles, len(drawn.pmid)) == (240, 60)
    assert drawn == reading.topic_map(connection, run_id, most=60), "the same ones each time"
    assert drawn.topics == whole.topics
    assert drawn.groups == whole.groups
    of_whole = dict(zip(whole.pmid, zip(whole.x, whole.y, whole.topic, whole.subtopic, strict=True), strict=True))
    assert [of_whole[pmid] for pmid in drawn.pmid] == list(
        zip(drawn.x, drawn.y, drawn.topic, drawn.subtopic, strict=True)
    )
    for topic in whole.topics:
        assert abs(drawn.topic.count(topic.id) - topic.articles / 4) <= 2
    assert set(drawn.subtopic) == set(whole.subtopic)
    assert len(reading.topic_map(connection, run_id, most=3).pmid) == 3, "no more, though there are more topics"
