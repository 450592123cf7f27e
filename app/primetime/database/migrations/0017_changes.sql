-- What has changed, told to every process that keeps answers: no answer outlives what it was made from.

-- One row a transaction that changed articles, their vectors or an analysis. How many rows there are is the data's
-- version: a count, unlike a highest number, also moves when transactions end in another order than they began.
CREATE TABLE data_changes (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now()
);

-- A table whose rows are read for answers that are kept gets a trigger like those below.
CREATE FUNCTION note_data_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('primetime.noted_change', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        INSERT INTO data_changes DEFAULT VALUES;
        PERFORM set_config('primetime.noted_change', pg_current_xact_id()::text, true);
        PERFORM pg_notify('primetime_data', '');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER note_data_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON articles
    FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_data_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON article_vectors
    FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_data_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON analysis_runs
    FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();

CREATE FUNCTION note_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('primetime_accounts', '');
    RETURN NULL;
END
$$;

CREATE TRIGGER note_account_change AFTER UPDATE OF role, name, disabled_at OR DELETE ON accounts
    FOR EACH ROW EXECUTE FUNCTION note_account_change();
CREATE TRIGGER note_account_change AFTER DELETE ON sessions
    FOR EACH ROW EXECUTE FUNCTION note_account_change();
CREATE TRIGGER note_account_change AFTER UPDATE OF scopes, expires_at OR DELETE ON personal_tokens
    FOR EACH ROW EXECUTE FUNCTION note_account_change();
