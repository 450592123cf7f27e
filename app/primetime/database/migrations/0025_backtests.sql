-- What the score was worth on the stored corpus, each time it was asked.

CREATE TABLE backtests (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    model_hash text NOT NULL REFERENCES encoder_models,
    release_id text NOT NULL,
    snapshot text NOT NULL,
    articles integer NOT NULL,
    parameters jsonb NOT NULL,
    result jsonb NOT NULL
);
