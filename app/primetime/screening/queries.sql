-- Queries of what people make of articles. `account_id` is who asks: others' things are seen where they are shared.

-- name: collections
SELECT collections.id, owner_id, accounts.name AS owner, collections.name, description, shared, collections.created_at,
    owner_id = %(account_id)s AS own,
    (SELECT count(*) FROM collection_articles WHERE collection_id = collections.id) AS articles,
    own.included, own.excluded, own.maybe
FROM collections JOIN accounts ON accounts.id = owner_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE mark = 'include') AS included, count(*) FILTER (WHERE mark = 'exclude') AS excluded,
        count(*) FILTER (WHERE mark = 'maybe') AS maybe
    FROM screening_marks WHERE collection_id = collections.id AND account_id = %(account_id)s) AS own
WHERE (owner_id = %(account_id)s OR shared) AND (%(id)s::bigint IS NULL OR collections.id = %(id)s)
    AND (%(after_name)s::text IS NULL OR (collections.name, collections.id) > (%(after_name)s, %(after_id)s))
ORDER BY collections.name, collections.id LIMIT %(limit)s;

-- name: create_collection
INSERT INTO collections (owner_id, name, description, shared)
VALUES (%(account_id)s, %(name)s, %(description)s, %(shared)s)
ON CONFLICT (owner_id, name) DO NOTHING
RETURNING id;

-- name: change_collection
UPDATE collections SET name = coalesce(%(name)s, name), description = coalesce(%(description)s, description),
    shared = coalesce(%(shared)s, shared)
WHERE id = %(id)s AND owner_id = %(account_id)s;

-- name: delete_collection
DELETE FROM collections WHERE id = %(id)s AND owner_id = %(account_id)s;

-- name: add_articles
INSERT INTO collection_articles (collection_id, pmid, added_by)
SELECT %(id)s, pmid, %(account_id)s FROM articles WHERE pmid = ANY (%(pmids)s)
ON CONFLICT DO NOTHING;

-- name: remove_article
DELETE FROM collection_articles WHERE collection_id = %(id)s AND pmid = %(pmid)s
    AND (%(whatever)s OR added_by = %(account_id)s AND NOT EXISTS (
        SELECT FROM screening_marks AS decided
        WHERE decided.collection_id = %(id)s AND decided.pmid = %(pmid)s AND account_id <> %(account_id)s));

-- name: holds_article
SELECT FROM collection_articles WHERE collection_id = %(id)s AND pmid = %(pmid)s;

-- name: marks_of
-- Every reviewer's decision on an article of a collection, oldest first.
coalesce((SELECT jsonb_agg(jsonb_build_object(
        'account', accounts.name, 'own', account_id = %(account_id)s, 'mark', mark, 'reason', reason)
    ORDER BY marked_at)
FROM screening_marks AS decided JOIN accounts ON accounts.id = account_id
WHERE decided.collection_id = held.collection_id AND decided.pmid = held.pmid), '[]')

-- name: collected
SELECT held.pmid, {marks} AS marks
FROM collection_articles AS held LEFT JOIN articles AS article USING (pmid)
WHERE {shown}
ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s;

-- name: count_collected
SELECT count(*) FROM collection_articles AS held LEFT JOIN articles AS article USING (pmid) WHERE {shown};

-- name: shown
held.collection_id = %(id)s
    AND (%(mark)s::text IS NULL OR EXISTS (
        SELECT FROM screening_marks AS own
        WHERE own.collection_id = %(id)s AND own.pmid = held.pmid AND account_id = %(account_id)s AND mark = %(mark)s))
    AND (NOT %(unmarked)s OR NOT EXISTS (
        SELECT FROM screening_marks AS own
        WHERE own.collection_id = %(id)s AND own.pmid = held.pmid AND account_id = %(account_id)s))
    AND (NOT %(disputed)s OR (
        SELECT count(DISTINCT mark) > 1 FROM screening_marks AS decided
        WHERE decided.collection_id = %(id)s AND decided.pmid = held.pmid))
    AND (%(q)s::text IS NULL OR article.search_document @@ websearch_to_tsquery('english', %(q)s))

-- name: by_added
held.added_at, held.pmid

-- name: by_newest
article.publication_date DESC NULLS LAST, held.pmid DESC

-- name: by_oldest
article.publication_date ASC NULLS LAST, held.pmid

-- name: by_title
article.title, held.pmid

-- name: screened
-- What people have made of these articles: the collections that hold them, as far as one may see these, and notes.
SELECT asked.pmid,
    coalesce((SELECT jsonb_agg(
            jsonb_build_object('id', collections.id, 'name', collections.name, 'marks', {marks})
            ORDER BY collections.name, collections.id)
        FROM collection_articles AS held JOIN collections ON collections.id = held.collection_id
        WHERE held.pmid = asked.pmid AND (owner_id = %(account_id)s OR shared)), '[]') AS collections,
    (SELECT count(*) FROM notes
        WHERE notes.pmid = asked.pmid AND (account_id = %(account_id)s OR shared)) AS notes
FROM unnest(%(pmids)s::bigint[]) WITH ORDINALITY AS asked (pmid, place)
ORDER BY place;

-- name: put_mark
INSERT INTO screening_marks (collection_id, pmid, account_id, mark, reason)
SELECT collection_id, pmid, %(account_id)s, %(mark)s, %(reason)s
FROM collection_articles WHERE collection_id = %(id)s AND pmid = %(pmid)s
ON CONFLICT (collection_id, pmid, account_id) DO UPDATE
SET mark = excluded.mark, reason = excluded.reason, marked_at = now();

-- name: delete_mark
DELETE FROM screening_marks WHERE collection_id = %(id)s AND pmid = %(pmid)s AND account_id = %(account_id)s;

-- name: notes
SELECT notes.id, notes.pmid, coalesce(articles.title, '') AS title, accounts.name AS author,
    account_id = %(account_id)s AS own, text, shared, notes.created_at, changed_at
FROM notes JOIN accounts ON accounts.id = account_id LEFT JOIN articles ON articles.pmid = notes.pmid
WHERE (account_id = %(account_id)s OR shared) AND (%(pmid)s::bigint IS NULL OR notes.pmid = %(pmid)s)
    AND (%(id)s::bigint IS NULL OR notes.id = %(id)s) AND (%(after)s::bigint IS NULL OR notes.id > %(after)s)
ORDER BY notes.id LIMIT %(limit)s;

-- name: create_note
INSERT INTO notes (pmid, account_id, text, shared)
SELECT pmid, %(account_id)s, %(text)s, %(shared)s FROM articles WHERE pmid = %(pmid)s
RETURNING id;

-- name: change_note
UPDATE notes SET text = coalesce(%(text)s, text), shared = coalesce(%(shared)s, shared), changed_at = now()
WHERE id = %(id)s AND account_id = %(account_id)s;

-- name: delete_note
DELETE FROM notes WHERE id = %(id)s AND account_id = %(account_id)s;
