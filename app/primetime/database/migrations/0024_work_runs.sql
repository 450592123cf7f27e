-- What the platform did by itself or was asked to do, step by step, written while it goes on.

CREATE TABLE work_runs (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,                -- analysis, night, backtest
    asked_by text NOT NULL,            -- hand, queue, cron
    release_id text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,           -- NULL: it goes on, or its process died
    outcome text NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'done', 'failed', 'lost')),
    cause text NOT NULL DEFAULT ''     -- why it failed, in one line
);

CREATE TABLE work_steps (
    run_id bigint NOT NULL REFERENCES work_runs ON DELETE CASCADE,
    position integer NOT NULL CHECK (position >= 0),
    name text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    outcome text NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'done', 'failed', 'lost')),
    cause text NOT NULL DEFAULT '',
    amount bigint NOT NULL DEFAULT 0,  -- of what its cost grows with, articles mostly; 0: nothing to do
    counts jsonb NOT NULL DEFAULT '{}',
    cpu_seconds double precision,      -- of this process, all its threads; PostgreSQL's own is not in it
    peak_memory bigint,                -- bytes of resident memory at most during the step; NULL: the system does not tell
    PRIMARY KEY (run_id, position)
);

CREATE INDEX work_steps_rates ON work_steps (name, started_at DESC) WHERE outcome = 'done' AND amount > 0;
