-- name: analysis_jobs
SELECT job.id AS job_id, job.status::text AS status, job.attempts,
    (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred') AS requested_at,
    (SELECT max(at) FROM procrastinate_events
        WHERE job_id = job.id AND type IN ('succeeded', 'failed', 'cancelled', 'aborted')) AS finished_at
FROM procrastinate_jobs AS job
WHERE job.task_name = %(task)s AND (job.args ->> 'search_id')::bigint IS NOT DISTINCT FROM %(search_id)s::bigint
ORDER BY job.id DESC
LIMIT %(limit)s;

-- name: forgotten_searches
-- A minute's grace: a search is planned and enqueued in one transaction, but a job may be between two states.
SELECT id FROM searches AS s
WHERE s.state IN ('planned', 'running') AND s.requested_at < now() - interval '1 minute' AND NOT EXISTS (
    SELECT FROM procrastinate_jobs AS job
    WHERE job.task_name = %(task)s AND job.status IN ('todo', 'doing') AND (job.args ->> 'search_id')::bigint = s.id)
ORDER BY id;

-- name: forget_attempt
UPDATE procrastinate_jobs SET attempts = attempts - 1 WHERE id = %(id)s AND status = 'doing';

-- name: same_waits
SELECT 1 AS waits FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = %(lock)s;
