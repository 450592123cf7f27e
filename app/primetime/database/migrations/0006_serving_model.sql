-- Which model's vectors are read. The newest row serves: a change of model is one row, and so is going back.

CREATE TABLE model_switches (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    model_hash text NOT NULL REFERENCES encoder_models,
    switched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason text NOT NULL CHECK (reason IN ('first', 'switch', 'rollback'))
);

-- A database from before this table goes on with the model that most of its articles have a vector of.
INSERT INTO model_switches (model_hash, reason)
SELECT model_hash, 'first'
FROM article_vectors
GROUP BY model_hash
ORDER BY count(*) DESC, max(encoded_at) DESC
LIMIT 1;
