-- Who is told by e-mail of what is new in a saved search, and the e-mails: waiting, sent, given up.

CREATE TABLE saved_search_readers (
    saved_search_id bigint NOT NULL REFERENCES saved_searches ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (saved_search_id, account_id)
);
CREATE INDEX saved_search_readers_account ON saved_search_readers (account_id);

CREATE TABLE mails (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    saved_search_id bigint NOT NULL REFERENCES saved_searches ON DELETE CASCADE,
    search_id bigint NOT NULL REFERENCES searches ON DELETE CASCADE, -- the run that it tells of
    message_id text NOT NULL DEFAULT gen_random_uuid()::text,        -- the same at every attempt
    created_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),                       -- not tried before
    attempts integer NOT NULL DEFAULT 0,
    problem text NOT NULL DEFAULT '',                                -- of the last attempt
    sent_at timestamptz,
    given_up_at timestamptz,
    UNIQUE (account_id, search_id),
    CHECK (sent_at IS NULL OR given_up_at IS NULL)
);
CREATE INDEX mails_waiting ON mails (due_at) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX mails_saved ON mails (saved_search_id);
CREATE INDEX mails_search ON mails (search_id);
