-- name: analysis_jobs
SELECT job.id AS job_id, job.status::text AS status, job.attempts,
    (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred') AS requested_at,
    (SELECT max(at) FROM procrastinate_events
        WHERE job_id = job.id AND type IN ('succeeded', 'failed', 'cancelled', 'aborted')) AS finished_at
FROM procrastinate_jobs AS job
WHERE job.task_name = %(task)s
ORDER BY job.id DESC
LIMIT %(limit)s;
