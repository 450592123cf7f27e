-- People come by invitation, programs by tokens, guessers of passwords are made to wait, and changes leave a trail.

ALTER TABLE accounts ADD COLUMN disabled_at timestamptz;   -- NULL: may sign in

CREATE TABLE invitations (
    email text PRIMARY KEY CHECK (email = lower(email)),
    token_hash bytea NOT NULL UNIQUE,          -- HMAC-SHA-256 of the link's token under the session secret
    name text NOT NULL DEFAULT '',
    role text NOT NULL CHECK (role IN ('reader', 'researcher', 'administrator')),
    account_id bigint UNIQUE REFERENCES accounts ON DELETE CASCADE,   -- set: a new password for this account
    invited_by bigint REFERENCES accounts ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

CREATE TABLE personal_tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,          -- as above
    name text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,                    -- NULL: lives until it is revoked
    last_used_at timestamptz
);

CREATE INDEX personal_tokens_account ON personal_tokens (account_id);

-- Counted for any e-mail, so that nobody learns here which ones have an account.
CREATE TABLE sign_in_attempts (
    person bytea PRIMARY KEY,                  -- HMAC of the e-mail
    failures integer NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now(),
    locked_until timestamptz                   -- NULL: not locked
);

-- What was done to accounts and by them. Rows are only ever added.
CREATE TABLE audit_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor_id bigint,                           -- the account that did it; NULL: nobody signed in, or the command line
    actor text NOT NULL,                       -- its e-mail then, or what did it
    action text NOT NULL,
    subject text NOT NULL DEFAULT '',          -- whom or what it was done to
    details jsonb NOT NULL DEFAULT '{}',
    address text NOT NULL DEFAULT ''           -- where the request came from; empty: no request
);

CREATE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are never changed or deleted';
END
$$;

CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_stay();
