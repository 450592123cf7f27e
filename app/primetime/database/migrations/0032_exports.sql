-- Exports that a job makes and the exports bucket keeps for some days. What stands in a file is nowhere here.

CREATE TABLE exports (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    format text NOT NULL,
    selection jsonb NOT NULL,                      -- what was asked for; it is looked up when the job runs
    title text NOT NULL,                           -- the same for people
    file_name text NOT NULL,
    object_key text NOT NULL UNIQUE,               -- in the bucket
    job_id bigint,                                 -- the queue's; null only while it is being asked for
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    articles integer,                              -- in all; NULL: not counted yet
    written integer NOT NULL DEFAULT 0,
    bytes bigint,
    expires_at timestamptz,                        -- when the link ends and the file goes
    problem text NOT NULL DEFAULT '',              -- why it is tried again
    failure text,                                  -- why there is none
    remedy text
);

CREATE INDEX exports_of_account ON exports (account_id, id DESC);
