-- Velocity is of citations too: the field's own, by publication year. NULL: of the method before, which had none.
ALTER TABLE opportunity_references ADD COLUMN ratios jsonb; -- {year: [papers with a known ratio, sum of log(1 + ratio)]}
