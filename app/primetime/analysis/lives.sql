-- name: earlier_places
-- `revised`: its text was encoded anew since the analysis that placed it began.
SELECT place.pmid, place.x, place.y, topic.key, run.model_hash = %(model_hash)s AS same_model,
    NOT place.assigned AND coalesce(v.encoded_at > run.started_at, false) AS revised
FROM analysis_articles AS place
JOIN analysis_runs AS run ON run.id = place.run_id
LEFT JOIN analysis_topics AS topic ON topic.run_id = place.run_id AND topic.id = place.topic_id
LEFT JOIN article_vectors AS v ON v.pmid = place.pmid AND v.model_hash = run.model_hash
WHERE place.run_id = (SELECT max(id) FROM analysis_runs WHERE scope = %(scope)s)

-- name: earlier_names
SELECT key, name
FROM analysis_topics
WHERE run_id = (SELECT max(id) FROM analysis_runs WHERE scope = %(scope)s) AND key IS NOT NULL

-- name: next_key
SELECT coalesce(max(topic.key), 0) + 1
FROM analysis_topics AS topic JOIN analysis_runs AS run ON run.id = topic.run_id
WHERE run.scope = %(scope)s

-- name: insert_group
INSERT INTO analysis_groups (run_id, level, id, parent, name, terms, articles, x, y)
VALUES (%(run_id)s, %(level)s, %(id)s, %(parent)s, %(name)s, %(terms)s, %(articles)s, %(x)s, %(y)s)

-- name: insert_change
INSERT INTO analysis_changes (run_id, topic_key, kind, topic_name, other_key, other_name, share)
VALUES
    (%(run_id)s, %(topic_key)s, %(kind)s, %(topic_name)s, %(other_key)s, %(other_name)s, %(share)s)

-- name: groups
SELECT level, id, parent, name, terms, articles, x, y
FROM analysis_groups
WHERE run_id = %(run_id)s
ORDER BY level, id

-- name: changes
-- The newest first; those of one topic, which may be on either side, or of all.
SELECT change.run_id, run.finished_at, change.kind, change.topic_key, change.topic_name, change.other_key,
    change.other_name, change.share
FROM analysis_changes AS change JOIN analysis_runs AS run ON run.id = change.run_id
WHERE run.scope = %(scope)s
    AND (%(run_id)s::bigint IS NULL OR change.run_id = %(run_id)s)
    AND (%(topic_key)s::bigint IS NULL OR %(topic_key)s IN (change.topic_key, change.other_key))
ORDER BY change.run_id DESC, change.kind, change.topic_key
LIMIT %(limit)s

-- name: unplaced
-- Articles with an up-to-date vector that the newest analysis of everything does not know.
SELECT v.pmid, v.embedding
FROM article_vectors AS v
JOIN articles AS a USING (pmid)
WHERE v.model_hash = %(model_hash)s AND v.content_hash = a.content_hash
    AND NOT EXISTS (SELECT FROM analysis_articles AS place WHERE place.run_id = %(run_id)s AND place.pmid = v.pmid)
    AND {counted}
ORDER BY v.pmid

-- name: placed
SELECT v.pmid, v.embedding, place.topic_id, place.subtopic_id, place.x, place.y
FROM analysis_articles AS place
JOIN article_vectors AS v USING (pmid)
WHERE place.run_id = %(run_id)s AND NOT place.assigned AND v.model_hash = %(model_hash)s
ORDER BY v.pmid

-- name: assign
INSERT INTO analysis_articles (run_id, pmid, topic_id, subtopic_id, x, y, assigned)
SELECT %(run_id)s, placed.pmid, placed.topic_id, placed.subtopic_id, placed.x, placed.y, true
FROM unnest(
    %(pmids)s::bigint[], %(topic_ids)s::int[], %(subtopic_ids)s::int[], %(xs)s::real[], %(ys)s::real[]
) AS placed (pmid, topic_id, subtopic_id, x, y)
JOIN articles USING (pmid)
ON CONFLICT DO NOTHING
