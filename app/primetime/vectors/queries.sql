-- name: embedding_type
SELECT format_type(atttypid, NULL)
FROM pg_attribute
WHERE attrelid = to_regclass('article_vectors') AND attname = 'embedding' AND NOT attisdropped

-- name: register_model
INSERT INTO encoder_models (hash, source, dimension)
VALUES (%(hash)s, %(source)s, %(dimension)s)
ON CONFLICT (hash) DO NOTHING

-- name: model_dimension
SELECT dimension FROM encoder_models WHERE hash = %(hash)s

-- name: try_encoding_lock
SELECT pg_try_advisory_lock(hashtextextended('primetime.vectors.encode', 0))

-- name: release_encoding_lock
SELECT pg_advisory_unlock(hashtextextended('primetime.vectors.encode', 0))

-- name: count_encoded
SELECT
    count(*) FILTER (WHERE v.content_hash IS NOT DISTINCT FROM a.content_hash) AS already,
    count(*) FILTER (WHERE v.content_hash IS DISTINCT FROM a.content_hash) AS missing
FROM articles AS a
LEFT JOIN article_vectors AS v ON v.pmid = a.pmid AND v.model_hash = %(model_hash)s
WHERE a.title <> '' OR a.abstract <> ''

-- name: missing_articles
SELECT a.pmid, a.content_hash, a.title, a.abstract
FROM articles AS a
LEFT JOIN article_vectors AS v ON v.pmid = a.pmid AND v.model_hash = %(model_hash)s
WHERE v.content_hash IS DISTINCT FROM a.content_hash
    AND (a.title <> '' OR a.abstract <> '')
    AND a.pmid > %(after)s
ORDER BY a.pmid
LIMIT %(batch)s

-- name: store_vector
-- An article deleted while it was being encoded is passed over.
INSERT INTO article_vectors (model_hash, pmid, content_hash, embedding)
SELECT %(model_hash)s, a.pmid, %(content_hash)s, %(embedding)s
FROM articles AS a
WHERE a.pmid = %(pmid)s
FOR KEY SHARE
ON CONFLICT (model_hash, pmid) DO UPDATE
SET content_hash = excluded.content_hash, embedding = excluded.embedding, encoded_at = clock_timestamp()

-- name: all_vectors
SELECT pmid, embedding FROM article_vectors WHERE model_hash = %(model_hash)s ORDER BY pmid

-- name: one_vector
SELECT embedding FROM article_vectors WHERE model_hash = %(model_hash)s AND pmid = %(pmid)s

-- name: article_exists
SELECT EXISTS (SELECT FROM articles WHERE pmid = %(pmid)s)

-- name: nearest_by_pgvector
SELECT v.pmid, 1 - (v.embedding <=> %(vector)s) AS similarity
FROM article_vectors AS v
JOIN articles AS a USING (pmid)
WHERE v.model_hash = %(model_hash)s
    AND {filter}
    AND (%(excluded)s::bigint IS NULL OR v.pmid <> %(excluded)s)
ORDER BY v.embedding <=> %(vector)s, v.pmid
LIMIT %(limit)s

-- name: vectors_stamp
SELECT count(*), max(encoded_at) FROM article_vectors WHERE model_hash = %(model_hash)s

-- name: pmids_of_filter
SELECT pmid FROM articles WHERE {filter}

-- name: best_by_words
SELECT pmid
FROM articles
WHERE {filter}
ORDER BY {order}
LIMIT %(limit)s

-- name: vectors_of
SELECT pmid, embedding FROM article_vectors WHERE model_hash = %(model_hash)s AND pmid = ANY (%(pmids)s)
