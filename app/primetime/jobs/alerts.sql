-- name: alert_changed_topics
-- What an analysis of everything found born or merged since the one before; the first bears every topic, which is no news.
INSERT INTO alerts (kind, subject, title, detail, topic_key)
SELECT 'topic ' || change.kind,
    'analysis ' || change.run_id || ', topic ' || change.topic_key || ' ' || change.kind,
    CASE change.kind WHEN 'born' THEN 'New topic: ' || change.topic_name
        ELSE change.topic_name || ' was merged into ' || change.other_name END,
    CASE WHEN topic.key IS NULL THEN '' ELSE topic.articles || ' articles in analysis ' || change.run_id END,
    topic.key
FROM analysis_changes AS change
JOIN analysis_runs AS run ON run.id = change.run_id
LEFT JOIN analysis_topics AS topic ON topic.run_id = change.run_id
    AND topic.key = CASE change.kind WHEN 'born' THEN change.topic_key ELSE change.other_key END
WHERE change.run_id = %(run_id)s AND run.scope = 'everything' AND change.kind IN ('born', 'merged')
    AND EXISTS (SELECT FROM analysis_runs AS other WHERE other.scope = run.scope AND other.id < run.id)
ON CONFLICT (subject) DO NOTHING

-- name: alert_rising_topics
-- Topics that grow faster than most of the reference's and than the field, and did not in the analysis before.
INSERT INTO alerts (kind, subject, title, detail, topic_key)
SELECT 'topic rising',
    'analysis ' || topic.run_id || ', topic ' || topic.key || ' rising',
    'Rising: ' || topic.name,
    'its share of the papers grows ' || round(100 * topic.growth::numeric) || ' %% a year; '
        || round(100 * (topic.opportunity ->> 'velocity')::numeric) || ' %% of the topics it is measured by grow less',
    topic.key
FROM analysis_topics AS topic
JOIN analysis_runs AS run ON run.id = topic.run_id
JOIN analysis_topics AS before ON before.key = topic.key AND before.run_id = (
    SELECT max(id) FROM analysis_runs AS other WHERE other.scope = run.scope AND other.id < run.id)
WHERE topic.run_id = %(run_id)s AND run.scope = 'everything'
    AND (topic.opportunity ->> 'velocity')::float8 >= %(place)s AND topic.growth >= %(growth)s
    AND NOT (coalesce((before.opportunity ->> 'velocity')::float8, 0) >= %(place)s
        AND coalesce(before.growth, 0) >= %(growth)s)
ON CONFLICT (subject) DO NOTHING

-- name: alert_new_papers
INSERT INTO alerts (kind, subject, title, search_id)
VALUES ('new papers', %(subject)s, %(title)s, %(search_id)s)
ON CONFLICT (subject) DO NOTHING

-- name: alert_failed_runs
-- Of what runs by itself or in the queue; who runs something by hand sees it fail, and one search's page tells of its own.
INSERT INTO alerts (kind, subject, title, detail, for_operators, work_run_id)
SELECT 'run failed', 'run ' || id,
    CASE outcome WHEN 'lost' THEN 'The process of the ' || kind || ' died' ELSE 'The ' || kind || ' failed' END,
    cause, true, id
FROM work_runs
WHERE outcome IN ('failed', 'lost') AND asked_by <> 'hand' AND scope = 'everything'
    AND started_at > now() - interval '7 days'
ON CONFLICT (subject) DO NOTHING

-- name: forget_alerts
DELETE FROM alerts WHERE at < now() - make_interval(days => %(days)s)

-- name: alerts
SELECT alert.id, alert.at, alert.kind, alert.title, alert.detail, alert.search_id, alert.work_run_id,
    (SELECT id FROM analysis_topics AS topic
        WHERE topic.run_id = (SELECT max(id) FROM analysis_runs WHERE scope = 'everything')
            AND topic.key = alert.topic_key) AS topic_id,
    EXISTS (SELECT FROM alerts_seen AS seen WHERE seen.alert_id = alert.id AND seen.account_id = %(account_id)s) AS seen
FROM alerts AS alert
WHERE %(operator)s OR NOT alert.for_operators
ORDER BY alert.id DESC
LIMIT %(limit)s

-- name: count_unseen
SELECT count(*) FROM alerts AS alert
WHERE (%(operator)s OR NOT alert.for_operators)
    AND NOT EXISTS (SELECT FROM alerts_seen AS seen WHERE seen.alert_id = alert.id AND seen.account_id = %(account_id)s)

-- name: see
INSERT INTO alerts_seen (account_id, alert_id)
SELECT %(account_id)s, id FROM alerts
WHERE (%(operator)s OR NOT for_operators) AND (%(ids)s::bigint[] IS NULL OR id = ANY (%(ids)s))
ON CONFLICT DO NOTHING
