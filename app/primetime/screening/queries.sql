-- Queries of what people make of articles. `account_id` is who asks: others' things are seen where they are shared.

-- name: collections
SELECT collections.id, owner_id, accounts.name AS owner, collections.name, description, shared, collections.created_at,
    (SELECT count(*) FROM collection_articles WHERE collection_id = collections.id) AS articles
FROM collections JOIN accounts ON accounts.id = owner_id
WHERE (owner_id = %(account_id)s OR shared) AND (%(id)s::bigint IS NULL OR collections.id = %(id)s)
ORDER BY collections.name, collections.id;

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
DELETE FROM collection_articles WHERE collection_id = %(id)s AND pmid = %(pmid)s;

-- name: collected
SELECT article.pmid,
    coalesce((SELECT jsonb_agg(jsonb_build_object(
            'account', accounts.name, 'own', account_id = %(account_id)s, 'mark', mark, 'reason', reason)
        ORDER BY marked_at)
    FROM screening_marks JOIN accounts ON accounts.id = account_id
    WHERE collection_id = %(id)s AND screening_marks.pmid = article.pmid), '[]') AS marks
FROM collection_articles AS article
WHERE collection_id = %(id)s AND article.pmid > %(after)s
    AND (%(mark)s::text IS NULL OR EXISTS (
        SELECT FROM screening_marks AS own
        WHERE own.collection_id = %(id)s AND own.pmid = article.pmid AND account_id = %(account_id)s
            AND mark = %(mark)s))
    AND (NOT %(unmarked)s OR NOT EXISTS (
        SELECT FROM screening_marks AS own
        WHERE own.collection_id = %(id)s AND own.pmid = article.pmid AND account_id = %(account_id)s))
ORDER BY article.pmid LIMIT %(limit)s;

-- name: collected_pmids
SELECT article.pmid FROM collection_articles AS article
WHERE collection_id = %(id)s
    AND (%(mark)s::text IS NULL OR EXISTS (
        SELECT FROM screening_marks AS own
        WHERE own.collection_id = %(id)s AND own.pmid = article.pmid AND account_id = %(account_id)s
            AND mark = %(mark)s))
ORDER BY article.pmid;

-- name: put_mark
INSERT INTO screening_marks (collection_id, pmid, account_id, mark, reason)
SELECT collection_id, pmid, %(account_id)s, %(mark)s, %(reason)s
FROM collection_articles WHERE collection_id = %(id)s AND pmid = %(pmid)s
ON CONFLICT (collection_id, pmid, account_id) DO UPDATE
SET mark = excluded.mark, reason = excluded.reason, marked_at = now();

-- name: delete_mark
DELETE FROM screening_marks WHERE collection_id = %(id)s AND pmid = %(pmid)s AND account_id = %(account_id)s;

-- name: notes
SELECT notes.id, pmid, accounts.name AS author, account_id = %(account_id)s AS own, text, shared, notes.created_at,
    changed_at
FROM notes JOIN accounts ON accounts.id = account_id
WHERE (account_id = %(account_id)s OR shared) AND (%(pmid)s::bigint IS NULL OR pmid = %(pmid)s)
    AND (%(id)s::bigint IS NULL OR notes.id = %(id)s)
ORDER BY notes.id LIMIT 1000;

-- name: create_note
INSERT INTO notes (pmid, account_id, text, shared)
SELECT pmid, %(account_id)s, %(text)s, %(shared)s FROM articles WHERE pmid = %(pmid)s
RETURNING id;

-- name: change_note
UPDATE notes SET text = coalesce(%(text)s, text), shared = coalesce(%(shared)s, shared), changed_at = now()
WHERE id = %(id)s AND account_id = %(account_id)s;

-- name: delete_note
DELETE FROM notes WHERE id = %(id)s AND account_id = %(account_id)s;
