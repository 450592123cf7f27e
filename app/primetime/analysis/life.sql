-- name: life
-- One topic in every analysis that found it, the newest first.
SELECT run.id AS run_id, run.finished_at, topic.id AS topic_id, topic.name, topic.articles, topic.agreement,
    (topic.opportunity ->> 'score')::float8 AS score, (topic.opportunity ->> 'low')::float8 AS low,
    (topic.opportunity ->> 'high')::float8 AS high
FROM analysis_topics AS topic JOIN analysis_runs AS run ON run.id = topic.run_id
WHERE run.scope = %(scope)s AND topic.key = %(topic_key)s
ORDER BY run.id DESC
LIMIT %(limit)s

-- name: changes_of_all
-- The newest first. The first analysis bears every topic, which is no change.
SELECT change.run_id, run.finished_at, change.kind, change.topic_key, change.topic_name, change.other_key,
    change.other_name, change.share
FROM analysis_changes AS change JOIN analysis_runs AS run ON run.id = change.run_id
WHERE run.scope = %(scope)s AND run.id > (SELECT min(id) FROM analysis_runs WHERE scope = %(scope)s)
ORDER BY change.run_id DESC, change.kind, change.topic_key
LIMIT %(limit)s
