-- Runs of everything and of single searches stand beside each other, told apart by `scope`.

-- name: try_analysis_lock
SELECT pg_try_advisory_lock(hashtextextended('primetime.analysis', 0))

-- name: release_analysis_lock
SELECT pg_advisory_unlock(hashtextextended('primetime.analysis', 0))

-- name: citations_by_year
-- Of the sources that tell them, the one that told them last.
SELECT DISTINCT ON (pmid)
    pmid, by_year, extract(year FROM coalesce(by_year_told_at, looked_up_at) AT TIME ZONE 'UTC')::int
FROM article_citations
WHERE pmid = ANY (%(pmids)s) AND by_year IS NOT NULL
ORDER BY pmid, coalesce(by_year_told_at, looked_up_at) DESC, source

-- name: citations_of_topics
-- Of each topic how many articles' citations by year are known, since when and until when told, and their sums. Of the
-- sources that tell them, the one that told them last; what was told two years before the newest answer is left out.
WITH told AS MATERIALIZED (
    SELECT DISTINCT ON (pmid)
        topic, by_year, extract(year FROM coalesce(by_year_told_at, looked_up_at) AT TIME ZONE 'UTC')::int AS told_in
    FROM unnest(%(pmids)s::bigint[], %(topics)s::int[]) AS placed (pmid, topic)
    JOIN article_citations USING (pmid)
    WHERE by_year IS NOT NULL
    ORDER BY pmid, coalesce(by_year_told_at, looked_up_at) DESC, source
), late AS (
    SELECT * FROM told WHERE told_in >= (SELECT max(told_in) FROM told) - 1
), sums AS (
    SELECT topic, (one ->> 'year')::int AS year, sum((one ->> 'citations')::int) AS citations
    FROM late, jsonb_array_elements(by_year) AS one
    GROUP BY 1, 2
)
SELECT topic, count(*) AS known, min(told_in) AS oldest, max(told_in) AS newest,
    coalesce((SELECT jsonb_object_agg(year, citations) FROM sums WHERE sums.topic = late.topic), '{}') AS by_year
FROM late GROUP BY topic

-- name: insert_run
INSERT INTO analysis_runs
    (started_at, model_hash, release_id, snapshot, articles, topics, outliers, parameters, reference, reference_id,
     scope)
VALUES
    (%(started_at)s, %(model_hash)s, %(release_id)s, %(snapshot)s, %(articles)s, %(topics)s, %(outliers)s,
     %(parameters)s, %(reference)s, %(reference_id)s, %(scope)s)
RETURNING id

-- name: insert_topic
INSERT INTO analysis_topics
    (run_id, id, name, terms, articles, x, y, growth, years, forecast, opportunity, recommendation, receipt,
     representative, key, stability, agreement, theme, months, citations)
VALUES
    (%(run_id)s, %(id)s, %(name)s, %(terms)s, %(articles)s, %(x)s, %(y)s, %(growth)s, %(years)s, %(forecast)s,
     %(opportunity)s, %(recommendation)s, %(receipt)s, %(representative)s,
     %(key)s, %(stability)s, %(agreement)s, %(theme)s, %(months)s, %(citations)s)

-- name: insert_articles
-- An article deleted while the analysis ran is passed over.
INSERT INTO analysis_articles (run_id, pmid, topic_id, subtopic_id, x, y)
SELECT %(run_id)s, a.pmid, placed.topic_id, placed.subtopic_id, placed.x, placed.y
FROM unnest(
    %(pmids)s::bigint[], %(topic_ids)s::int[], %(subtopic_ids)s::int[], %(xs)s::real[], %(ys)s::real[]
) AS placed (pmid, topic_id, subtopic_id, x, y)
JOIN articles AS a USING (pmid)

-- name: forget_old_places
-- Runs and topics stay, with their receipts; the places of single articles only for each scope's newest three.
DELETE FROM analysis_articles
WHERE run_id IN (SELECT id FROM analysis_runs WHERE scope = %(scope)s ORDER BY id DESC OFFSET 3)

-- name: forget_scope
DELETE FROM analysis_runs WHERE scope = %(scope)s

-- name: runs
-- Of a scope, or one by its id.
SELECT id, started_at, finished_at, model_hash, release_id, snapshot, articles, topics, outliers, parameters,
    EXISTS (SELECT FROM analysis_runs AS other WHERE other.scope = analysis_runs.scope AND other.id < analysis_runs.id)
    AS goes_on
FROM analysis_runs
WHERE scope = %(scope)s OR id = %(id)s
ORDER BY id DESC
LIMIT %(limit)s

-- name: topics
SELECT id, name, terms, articles, x, y, growth, years, forecast, opportunity, recommendation, receipt, representative,
    key, stability, agreement, theme, months, citations
FROM analysis_topics
WHERE run_id = %(run_id)s AND (%(topic_id)s::int IS NULL OR id = %(topic_id)s)
ORDER BY id

-- name: places
-- With how many have a place. An even share of each subtopic, and of those in none; the same ones each time.
SELECT pmid, x, y, topic_id, subtopic_id, articles
FROM (
    SELECT pmid, x, y, topic_id, subtopic_id, count(*) OVER () AS articles,
        (row_number() OVER (of_group ORDER BY hashint8(pmid), pmid) - 1)::float8 / count(*) OVER of_group AS share
    FROM analysis_articles
    WHERE run_id = %(run_id)s
    WINDOW of_group AS (PARTITION BY topic_id, subtopic_id)
    ORDER BY share, hashint8(pmid), pmid
    LIMIT %(most)s
) AS drawn
ORDER BY pmid

-- name: insert_reference
-- The same one made again, by order, is in force anew.
INSERT INTO opportunity_references
    (id, method, model_hash, snapshot, articles, topics, last_complete_year, papers, ratios, percentiles, release_id,
     why)
VALUES
    (%(id)s, %(method)s, %(model_hash)s, %(snapshot)s, %(articles)s, %(topics)s, %(last_complete_year)s, %(papers)s,
     %(ratios)s, %(percentiles)s, %(release_id)s, %(why)s)
ON CONFLICT (id) DO UPDATE SET made_at = excluded.made_at, why = excluded.why

-- name: reference_in_force
SELECT method, model_hash, snapshot, articles, topics, last_complete_year, papers, ratios, percentiles, release_id, why,
    made_at
FROM opportunity_references
WHERE model_hash = %(model_hash)s AND method = %(method)s
ORDER BY made_at DESC
LIMIT 1

-- name: reference
SELECT method, model_hash, snapshot, articles, topics, last_complete_year, papers, ratios, percentiles, release_id, why,
    made_at
FROM opportunity_references
WHERE id = %(id)s

-- name: insert_backtest
INSERT INTO backtests (model_hash, release_id, snapshot, articles, parameters, result)
VALUES (%(model_hash)s, %(release_id)s, %(snapshot)s, %(articles)s, %(parameters)s, %(result)s)

-- name: latest_backtest
-- One that was asked for some years alone is for who asked.
SELECT id, made_at, model_hash, release_id, snapshot, articles, parameters, result
FROM backtests
WHERE parameters ->> 'first' IS NULL AND parameters ->> 'last' IS NULL
ORDER BY id DESC
LIMIT 1

-- name: read_for_gaps
SELECT pmid, abstract, publication_year AS year, publication_types, authors, journal,
    (SELECT array_agg(heading ->> 'name') FROM jsonb_array_elements(mesh) AS heading) AS mesh
FROM articles
WHERE pmid = ANY (%(pmids)s)

-- name: articles_of_topic
SELECT pmid FROM analysis_articles
WHERE run_id = (SELECT max(id) FROM analysis_runs WHERE scope = 'everything') AND topic_id = %(topic_id)s

-- name: topics_by_article
SELECT place.pmid, topic.name
FROM analysis_articles AS place
JOIN analysis_topics AS topic ON topic.run_id = place.run_id AND topic.id = place.topic_id
WHERE place.run_id = %(run_id)s AND place.pmid = ANY (%(pmids)s)
