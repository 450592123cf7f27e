-- Searches that are run again, to see what is new.

CREATE TABLE saved_searches (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    name text NOT NULL CHECK (name <> ''),
    every_days integer NOT NULL CHECK (every_days BETWEEN 1 AND 366),
    created_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE searches ADD COLUMN saved_search_id bigint REFERENCES saved_searches ON DELETE SET NULL;

CREATE INDEX searches_of_saved ON searches (saved_search_id, id) WHERE saved_search_id IS NOT NULL;
