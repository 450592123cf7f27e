-- name: lose_steps
UPDATE work_steps SET outcome = 'lost', finished_at = NULL, cause = 'its process ended without a word'
WHERE outcome = 'running'

-- name: lose_runs
UPDATE work_runs SET outcome = 'lost', cause = 'its process ended without a word' WHERE outcome = 'running'

-- name: begin_run
INSERT INTO work_runs (kind, asked_by, release_id, scope)
VALUES (%(kind)s, %(asked_by)s, %(release_id)s, %(scope)s)
RETURNING id

-- name: end_run
UPDATE work_runs SET outcome = %(outcome)s, cause = %(cause)s, finished_at = clock_timestamp() WHERE id = %(id)s

-- name: begin_step
INSERT INTO work_steps (run_id, position, name, amount) VALUES (%(run_id)s, %(position)s, %(name)s, %(amount)s)

-- name: end_step
UPDATE work_steps
SET outcome = %(outcome)s, cause = %(cause)s, finished_at = clock_timestamp(), amount = %(amount)s,
    counts = %(counts)s, cpu_seconds = %(cpu_seconds)s, peak_memory = %(peak_memory)s
WHERE run_id = %(run_id)s AND position = %(position)s

-- name: runs
SELECT id, kind, scope, asked_by, release_id, started_at, finished_at, outcome, cause
FROM work_runs
WHERE %(scope)s::text IS NULL OR scope = %(scope)s
ORDER BY id DESC
LIMIT %(limit)s

-- name: steps
SELECT run_id, name, started_at, finished_at, outcome, cause, amount, counts, cpu_seconds, peak_memory
FROM work_steps
WHERE run_id IN (
    SELECT id FROM work_runs WHERE %(scope)s::text IS NULL OR scope = %(scope)s ORDER BY id DESC LIMIT %(limit)s)
ORDER BY run_id DESC, position

-- name: rates
SELECT name, percentile_cont(0.5) WITHIN GROUP (ORDER BY cpu_seconds / amount)
FROM (
    SELECT name, cpu_seconds, amount, row_number() OVER (PARTITION BY name ORDER BY step.started_at DESC) AS place
    FROM work_steps AS step
    JOIN work_runs AS run ON run.id = step.run_id
    WHERE step.outcome = 'done' AND amount > 0 AND cpu_seconds IS NOT NULL AND scope = 'everything'
) AS latest
WHERE place <= 5
GROUP BY name

-- name: backtest_refused
-- The articles of the newest backtest, if the corpus allowed it no origin.
SELECT amount
FROM (
    SELECT amount, counts FROM work_steps
    WHERE name = 'backtest' AND started_at > now() - make_interval(days => %(days)s)
    ORDER BY started_at DESC LIMIT 1
) AS newest
WHERE counts ? 'refused'

-- name: forget_runs
DELETE FROM work_runs WHERE started_at < now() - make_interval(days => %(days)s)
