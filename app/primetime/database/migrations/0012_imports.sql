-- Files that somebody gave to the page: kept until the queue has read them, so that a restart loses none.

CREATE TABLE imports (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    file_name text NOT NULL,
    format text NOT NULL,
    bytes bigint NOT NULL,
    account_id bigint REFERENCES accounts ON DELETE SET NULL,
    job_id bigint,                                 -- the queue's; null only while it is being asked for
    requested_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    records_read integer NOT NULL DEFAULT 0,       -- while it is read, and in the end
    report jsonb,                                  -- the counts and the skipped records, once it is stored
    failure text,                                  -- why nothing of it was stored
    remedy text
);

CREATE TABLE import_pieces (
    import_id bigint NOT NULL REFERENCES imports ON DELETE CASCADE,
    number integer NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (import_id, number)
);
