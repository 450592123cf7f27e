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

-- name: count_encoded
SELECT
    count(*) FILTER (WHERE v.content_hash IS NOT DISTINCT FROM a.content_hash) AS already,
    count(*) FILTER (WHERE v.content_hash IS DISTINCT FROM a.content_hash) AS missing
FROM articles AS a
LEFT JOIN article_vectors AS v ON v.pmid = a.pmid AND v.model_hash = %(model_hash)s
WHERE (a.title <> '' OR a.abstract <> '') AND (%(pmids)s::bigint[] IS NULL OR a.pmid = ANY (%(pmids)s))

-- name: missing_articles
SELECT a.pmid, a.content_hash, a.title, a.abstract
FROM articles AS a
LEFT JOIN article_vectors AS v ON v.pmid = a.pmid AND v.model_hash = %(model_hash)s
WHERE v.content_hash IS DISTINCT FROM a.content_hash
    AND (a.title <> '' OR a.abstract <> '')
    AND a.pmid > %(after)s
    AND (%(pmids)s::bigint[] IS NULL OR a.pmid = ANY (%(pmids)s))
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

-- name: nearest_exactly
-- The whole column is compared, which no index can answer.
SELECT v.pmid, 1 - (v.embedding <=> %(vector)s) AS similarity
FROM article_vectors AS v
WHERE v.model_hash = %(model_hash)s
    AND {filter}
    AND (%(excluded)s::bigint IS NULL OR v.pmid <> %(excluded)s)
ORDER BY v.embedding <=> %(vector)s, v.pmid
LIMIT %(limit)s

-- name: nearest_by_index
-- Typed as the model's index is. Its order is by distance alone; equally near ones are put in order afterwards.
SELECT pmid, 1 - distance AS similarity
FROM (
    SELECT v.pmid, v.embedding::halfvec({dimension}) <=> %(vector)s::halfvec({dimension}) AS distance
    FROM article_vectors AS v
    WHERE v.model_hash = {model_hash}
        AND {filter}
        AND (%(excluded)s::bigint IS NULL OR v.pmid <> %(excluded)s)
    ORDER BY distance
    LIMIT %(limit)s
) AS near
ORDER BY distance, pmid

-- name: duplicates
SELECT duplicate FROM duplicate_links

-- name: passes_filter
EXISTS (SELECT FROM articles WHERE articles.pmid = v.pmid AND {filter})

-- name: among_filtered
v.pmid = ANY (ARRAY(SELECT pmid FROM articles WHERE {filter}))

-- name: count_filtered
SELECT count(*) FROM (SELECT FROM articles WHERE {filter} LIMIT %(enough)s) AS passing

-- name: scan_settings
-- In this transaction alone. Sorting and reading all would be exact and slow: they are left for where no index is.
SELECT set_config('hnsw.ef_search', %(candidates)s, true),
    set_config('hnsw.iterative_scan', 'strict_order', true),
    set_config('hnsw.max_scan_tuples', %(most)s, true),
    set_config('enable_seqscan', 'off', true),
    set_config('enable_sort', 'off', true),
    -- The planner's penalty for what is off would have any query compiled.
    set_config('jit', 'off', true)

-- name: model_to_search
SELECT m.dimension,
    coalesce(
        (SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(quote_ident(%(index)s))), false
    ) AS indexed
FROM encoder_models AS m
WHERE m.hash = %(hash)s

-- name: index_state
SELECT m.dimension,
    (SELECT count(*) FROM article_vectors AS v WHERE v.model_hash = m.hash),
    (SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(quote_ident(%(index)s))),
    (SELECT extversion FROM pg_extension WHERE extname = 'vector')
FROM encoder_models AS m
WHERE m.hash = %(model_hash)s

-- name: create_index
CREATE INDEX CONCURRENTLY {index} ON article_vectors
USING hnsw ((embedding::halfvec({dimension})) halfvec_cosine_ops)
WITH (m = {links}, ef_construction = {candidates})
WHERE model_hash = {model_hash}

-- name: drop_index
DROP INDEX IF EXISTS {index}

-- name: set_build_memory
SELECT set_config('maintenance_work_mem', %(memory)s, false)

-- name: reset_build_memory
RESET maintenance_work_mem

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

-- name: serving_hash
SELECT model_hash FROM model_switches ORDER BY id DESC LIMIT 1

-- name: lock_switches
-- Readers go on; one change at a time.
LOCK TABLE model_switches IN SHARE ROW EXCLUSIVE MODE

-- name: serve_first
INSERT INTO model_switches (model_hash, reason)
SELECT %(model_hash)s, 'first'
WHERE NOT EXISTS (SELECT FROM model_switches)

-- name: switch
INSERT INTO model_switches (model_hash, reason) VALUES (%(model_hash)s, %(reason)s)

-- name: switches
SELECT s.model_hash, m.source, s.switched_at, s.reason
FROM model_switches AS s
JOIN encoder_models AS m ON m.hash = s.model_hash
ORDER BY s.id DESC
LIMIT %(limit)s

-- name: previous_model
SELECT model_hash
FROM model_switches
WHERE model_hash <> (SELECT model_hash FROM model_switches ORDER BY id DESC LIMIT 1)
ORDER BY id DESC
LIMIT 1

-- name: model_states
WITH to_encode AS (
    SELECT count(*) AS articles FROM articles WHERE title <> '' OR abstract <> ''
), encoded AS (
    SELECT v.model_hash, count(*) AS articles
    FROM article_vectors AS v
    JOIN articles AS a ON a.pmid = v.pmid AND a.content_hash = v.content_hash
    WHERE a.title <> '' OR a.abstract <> ''
    GROUP BY v.model_hash
), serving AS (
    SELECT model_hash FROM model_switches ORDER BY id DESC LIMIT 1
)
SELECT m.hash, m.source, m.dimension,
    coalesce(e.articles, 0) AS encoded,
    t.articles - coalesce(e.articles, 0) AS missing,
    coalesce(m.hash = s.model_hash, false) AS serving,
    EXISTS (SELECT FROM model_switches AS w WHERE w.model_hash = m.hash) AS served_before
FROM encoder_models AS m
CROSS JOIN to_encode AS t
LEFT JOIN encoded AS e ON e.model_hash = m.hash
LEFT JOIN serving AS s ON true
ORDER BY serving DESC, m.first_used_at DESC, m.hash

-- name: forget_vectors
DELETE FROM article_vectors WHERE model_hash = %(model_hash)s
