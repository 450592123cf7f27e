-- Queries of the exports that the bucket keeps.

-- name: add_export
INSERT INTO exports (account_id, format, selection, title, file_name, object_key, articles)
VALUES (%(account_id)s, %(format)s, %(selection)s, %(title)s, %(file_name)s, %(object_key)s, %(articles)s)
RETURNING id;

-- name: set_job
UPDATE exports SET job_id = %(job_id)s WHERE id = %(id)s;

-- name: find_exports
SELECT export.id, export.account_id, format, selection, title, file_name, object_key, requested_at, started_at,
    finished_at, articles, written, bytes, expires_at, problem, failure, remedy,
    CASE
        WHEN failure IS NOT NULL THEN 'failed'
        WHEN finished_at IS NOT NULL THEN 'done'
        WHEN job.status IN ('failed', 'cancelled', 'aborted') OR job.id IS NULL THEN 'failed'
        WHEN job.status = 'doing' THEN 'running'
        ELSE 'waiting'
    END AS state
FROM exports AS export LEFT JOIN procrastinate_jobs AS job ON job.id = export.job_id
WHERE (%(id)s::bigint IS NULL OR export.id = %(id)s)
    AND (%(account_id)s::bigint IS NULL OR export.account_id = %(account_id)s)
    AND deleted_at IS NULL
ORDER BY export.id DESC
LIMIT %(limit)s;

-- name: begin
-- None for one that was deleted, or has ended.
UPDATE exports SET started_at = coalesce(started_at, now()), written = 0, problem = ''
WHERE id = %(id)s AND finished_at IS NULL AND deleted_at IS NULL
RETURNING account_id, format, selection, file_name, object_key;

-- name: note_articles
UPDATE exports SET articles = %(articles)s WHERE id = %(id)s AND deleted_at IS NULL RETURNING id;

-- name: note_written
UPDATE exports SET written = %(written)s WHERE id = %(id)s AND deleted_at IS NULL RETURNING id;

-- name: finish
UPDATE exports SET finished_at = now(), written = %(written)s, bytes = %(bytes)s,
    expires_at = now() + make_interval(days => %(days)s)
WHERE id = %(id)s AND deleted_at IS NULL RETURNING id;

-- name: tell_problem
UPDATE exports SET problem = %(problem)s WHERE id = %(id)s AND finished_at IS NULL;

-- name: fail
UPDATE exports SET finished_at = now(), failure = %(failure)s, remedy = %(remedy)s, problem = ''
WHERE id = %(id)s AND finished_at IS NULL
RETURNING object_key;

-- name: mark_deleted
UPDATE exports SET deleted_at = now()
WHERE id = %(id)s AND account_id = %(account_id)s AND deleted_at IS NULL
RETURNING object_key;

-- name: forget
DELETE FROM exports WHERE id = %(id)s;

-- name: expired
-- What was deleted and has its file still, files whose link has ended, and what has come to nothing so long ago.
SELECT id, object_key FROM exports
WHERE deleted_at IS NOT NULL OR expires_at < now()
    OR (expires_at IS NULL AND coalesce(finished_at, requested_at) < now() - make_interval(days => %(days)s));
