"""Two of everything that the interface shows, under the ids 1 and 2, so that a made-up request is of something."""

import psycopg

from primetime.analysis.running import analyse
from primetime.analysis.storing import search_scope
from primetime.articles.publication_date import read_publication_date
from primetime.articles.record import Article
from primetime.articles.storing import store_articles
from primetime.encoder.serving import Encoder
from primetime.searches.record import Order
from primetime.searches.saved import save_search
from primetime.searches.storing import create_search
from primetime.settings import Settings
from primetime.vectors.serving_model import serve_first
from primetime.vectors.storing import encode_missing

SUBJECTS = ("asthma of children", "acute migraine attacks", "plaque psoriasis", "zinc and the common cold")


def seed(connection: psycopg.Connection, settings: Settings, encoder: Encoder) -> None:
    """Articles 1 to 120 of four subjects, analysed; what is somebody's belongs to the administrator."""
    articles = [
        Article(
            pmid=1 + number * len(SUBJECTS) + place,
            title=f"A study of {subject}, report {number}",
            publication_date=read_publication_date(year=str(2000 + number % 15)),
        )
        for number in range(30)
        for place, subject in enumerate(SUBJECTS)
    ]
    store_articles(connection, articles)
    connection.commit()
    model_hash = encode_missing(connection, encoder).model_hash
    serve_first(connection, model_hash)
    analyse(connection, model_hash=model_hash, settings=settings)
    row = connection.execute("SELECT id FROM accounts WHERE role = 'administrator'").fetchone()
    assert row is not None
    owner = int(row[0])
    for _ in range(2):
        search_id = create_search(connection, Order(query="asthma", max_results=200), account_id=owner)
        connection.execute(
            "INSERT INTO search_articles (search_id, pmid, rank, fetched_at)"
            " SELECT %s, pmid, row_number() OVER (ORDER BY pmid), now() FROM articles",
            (search_id,),
        )
        save_search(connection, search_id, name="Asthma", every_days=7, account_id=owner)
    create_search(connection, Order(query="zinc", max_results=5), account_id=owner)  # is still to come
    connection.execute(
        "UPDATE searches SET state = 'done', scores = '{\"refused\": \"none was computed\"}' WHERE id < 3"
    )
    analyse(
        connection,
        model_hash=model_hash,
        settings=settings,
        scope=search_scope(1),
        pmids=[one.pmid for one in articles],
    )
    # Several statements with values: they are put in here, not by the server.
    psycopg.ClientCursor(connection).execute(
        """
        INSERT INTO collections (owner_id, name, description, shared)
            SELECT %(owner)s, named, '', true FROM unnest(ARRAY['one', 'other']) AS named;
        INSERT INTO collection_articles (collection_id, pmid, added_by)
            SELECT collections.id, articles.pmid, %(owner)s FROM collections, articles WHERE articles.pmid <= 2;
        INSERT INTO screening_marks (collection_id, pmid, account_id, mark)
            SELECT collection_id, pmid, %(owner)s, 'include' FROM collection_articles;
        INSERT INTO notes (pmid, account_id, text, shared)
            SELECT pmid, %(owner)s, 'striking', true FROM articles WHERE pmid <= 2;
        INSERT INTO exports (account_id, format, selection, title, file_name, object_key)
            SELECT %(owner)s, 'csv', '{}', 'All', 'all.csv', 'key' || number FROM generate_series(1, 2) AS number;
        INSERT INTO personal_tokens (account_id, token_hash, name, scopes)
            SELECT %(owner)s, number::text::bytea, 'token', ARRAY['read'] FROM generate_series(1, 2) AS number;
        INSERT INTO imports (file_name, format, bytes, account_id)
            SELECT 'records.ris', 'RIS', 100, %(owner)s FROM generate_series(1, 2);
        INSERT INTO invitations (email, token_hash, name, role, expires_at)
            VALUES ('ann@example.org', 'token', 'Ann', 'reader', now() + interval '1 day');
        INSERT INTO duplicate_links (duplicate, kept, reason, likeness)
            SELECT number, 3, 'doi', 1 FROM generate_series(1, 2) AS number;
        """,
        {"owner": owner},
    )
    connection.commit()
