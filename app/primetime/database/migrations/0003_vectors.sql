-- The articles' vectors. Half precision in pgvector where the server has it, else the same numbers as bytes: nearest
-- articles are then found in the application. The column's type tells which.

CREATE TABLE encoder_models (
    hash text PRIMARY KEY,             -- of the artifact's deciding content
    source text NOT NULL,
    dimension integer NOT NULL CHECK (dimension > 0),
    first_used_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE article_vectors (
    model_hash text NOT NULL REFERENCES encoder_models,
    pmid bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    content_hash text NOT NULL,        -- of the text that was encoded; out of date when the article's differs
    encoded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    embedding bytea NOT NULL,          -- float16, little-endian; replaced by halfvec below where that exists
    PRIMARY KEY (model_hash, pmid)
);

CREATE INDEX article_vectors_pmid ON article_vectors (pmid);

DO $$
DECLARE
    available text := (SELECT default_version FROM pg_available_extensions WHERE name = 'vector');
BEGIN
    -- ALTER DATABASE … SET primetime.vector_storage = 'bytes' before the first migration keeps bytes on purpose.
    IF available IS NULL OR current_setting('primetime.vector_storage', true) = 'bytes' THEN
        RETURN;
    END IF;
    IF string_to_array(regexp_replace(available, '[^0-9.]', '', 'g'), '.')::int[] < ARRAY[0, 7] THEN
        RETURN;  -- halfvec came with 0.7
    END IF;
    BEGIN
        CREATE EXTENSION IF NOT EXISTS vector;
    EXCEPTION WHEN insufficient_privilege THEN
        RETURN;  -- offered by the server, but not to this role
    END;
    ALTER TABLE article_vectors DROP COLUMN embedding;
    ALTER TABLE article_vectors ADD COLUMN embedding halfvec NOT NULL;
    ALTER TABLE article_vectors ALTER COLUMN embedding SET STORAGE PLAIN;
END
$$;
