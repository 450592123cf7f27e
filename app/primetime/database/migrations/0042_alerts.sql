-- What happened that somebody should know of, and who has seen it.

CREATE TABLE alerts (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    kind text NOT NULL CHECK (kind IN ('topic born', 'topic merged', 'topic rising', 'new papers', 'run failed')),
    subject text NOT NULL UNIQUE,      -- what it is of: told once, however often it is looked for
    title text NOT NULL,
    detail text NOT NULL DEFAULT '',
    for_operators boolean NOT NULL DEFAULT false, -- for administrators alone
    topic_key bigint,                  -- the topic's number for life
    search_id bigint REFERENCES searches ON DELETE CASCADE,
    work_run_id bigint REFERENCES work_runs ON DELETE CASCADE
);

CREATE TABLE alerts_seen (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    alert_id bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, alert_id)
);
CREATE INDEX alerts_seen_alert ON alerts_seen (alert_id);
