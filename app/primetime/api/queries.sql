-- Queries that join what the rooms below keep apart.

-- name: topics_of_articles
SELECT place.pmid, topic.id, topic.name
FROM analysis_articles AS place
JOIN analysis_topics AS topic ON topic.run_id = place.run_id AND topic.id = place.topic_id
WHERE place.run_id = (SELECT max(id) FROM analysis_runs WHERE scope = 'everything') AND place.pmid = ANY (%(pmids)s);

-- name: count_embedded
SELECT count(*)
FROM articles JOIN article_vectors USING (pmid, content_hash)
WHERE model_hash = %(model_hash)s;

-- name: totals
SELECT (SELECT count(*) FROM articles WHERE updated_at > now() - interval '1 hour') AS articles_last_hour,
    (SELECT count(*) FROM analysis_topics WHERE opportunity ? 'score') AS scores,
    (SELECT count(*) FROM sessions WHERE expires_at > now()) AS sessions,
    (SELECT count(*) FROM mails WHERE sent_at IS NULL AND given_up_at IS NULL) AS mails_waiting,
    (SELECT count(*) FROM mails WHERE given_up_at IS NOT NULL) AS mails_given_up;

-- name: last_runs
-- Of each kind of work the newest run of everything that ended in each way; one search's analysis is no measure of it.
SELECT DISTINCT ON (run.kind, run.outcome) run.kind AS work, run.outcome,
    extract(epoch FROM coalesce(run.finished_at, run.started_at))::float8 AS ended_at,
    extract(epoch FROM run.finished_at - run.started_at)::float8 AS seconds,
    (SELECT max(peak_memory) FROM work_steps AS step WHERE step.run_id = run.id) AS peak_memory
FROM work_runs AS run
WHERE run.outcome <> 'running' AND run.scope = 'everything'
ORDER BY run.kind, run.outcome, run.id DESC;

-- name: queue_state
SELECT count(*) FILTER (WHERE status = 'todo') AS waiting, count(*) FILTER (WHERE status = 'doing') AS running,
    count(*) FILTER (WHERE status = 'failed') AS failed,
    (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute') AS workers
FROM procrastinate_jobs;

-- name: prototype_columns
pmid, title, abstract, journal, publication_date, publication_date_printed, authors, publication_types, doi,
    (SELECT citations FROM article_citations AS cited
        WHERE cited.pmid = articles.pmid AND citations IS NOT NULL
        ORDER BY array_position(ARRAY['icite', 'openalex', 'crossref'], source) LIMIT 1) AS citations

-- name: prototype_articles
SELECT {columns} FROM articles
WHERE pmid > %(after)s AND (%(search_id)s::bigint IS NULL OR pmid = ANY (ARRAY(
    SELECT found.pmid FROM search_articles AS found
    WHERE found.search_id = %(search_id)s AND found.fetched_at IS NOT NULL)))
ORDER BY pmid LIMIT %(limit)s OFFSET %(offset)s;

-- name: prototype_article
SELECT {columns} FROM articles WHERE pmid = %(pmid)s;

-- name: data_version
SELECT count(*) FROM data_changes;

-- name: server
SELECT current_setting('server_version') AS version,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS tls,
    (SELECT extversion FROM pg_extension WHERE extname = 'vector') AS pgvector;
