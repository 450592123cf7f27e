-- name: add_import
INSERT INTO imports (file_name, format, bytes, account_id)
VALUES (%(file_name)s, %(format)s, %(bytes)s, %(account_id)s) RETURNING id;

-- name: add_piece
INSERT INTO import_pieces (import_id, number, data) VALUES (%(import_id)s, %(number)s, %(data)s);

-- name: set_job
UPDATE imports SET job_id = %(job_id)s WHERE id = %(import_id)s;

-- name: pieces
SELECT data FROM import_pieces WHERE import_id = %(import_id)s ORDER BY number;

-- name: begin
-- None for one that has ended. Its report is of an attempt that has stored all and was killed before its end.
UPDATE imports SET started_at = now(), records_read = CASE WHEN report IS NULL THEN 0 ELSE records_read END
WHERE id = %(import_id)s AND finished_at IS NULL
RETURNING report;

-- name: set_progress
UPDATE imports SET records_read = %(read)s WHERE id = %(import_id)s;

-- name: note_stored
UPDATE imports SET records_read = %(read)s, report = %(report)s WHERE id = %(import_id)s;

-- name: finish
UPDATE imports SET finished_at = now(), report = %(report)s, failure = %(failure)s, remedy = %(remedy)s,
    records_read = CASE WHEN %(failure)s::text IS NULL THEN records_read ELSE 0 END
WHERE id = %(import_id)s;

-- name: give_up
UPDATE imports SET finished_at = now(), failure = %(failure)s, remedy = %(remedy)s
WHERE id = %(import_id)s AND finished_at IS NULL;

-- name: tell_fetched
UPDATE imports SET report = report || %(told)s WHERE id = %(import_id)s;

-- name: forget_pieces
DELETE FROM import_pieces WHERE import_id = %(import_id)s;

-- name: forget_old
DELETE FROM imports WHERE requested_at < now() - make_interval(hours => %(hours)s);

-- name: find_imports
SELECT imports.id, file_name, format, bytes, requested_at, started_at, finished_at, records_read,
    CASE
        WHEN failure IS NOT NULL THEN 'failed'
        WHEN finished_at IS NOT NULL THEN 'done'
        WHEN job.status IN ('failed', 'cancelled', 'aborted') OR job.id IS NULL THEN 'failed'
        WHEN job.status = 'doing' THEN 'running'
        ELSE 'waiting'
    END AS state,
    report, failure, remedy
FROM imports LEFT JOIN procrastinate_jobs AS job ON job.id = imports.job_id
WHERE %(import_id)s::bigint IS NULL OR imports.id = %(import_id)s
ORDER BY imports.id DESC
LIMIT %(limit)s;
