-- A source that answers without what it knew before does not take it away: that keeps the date of the answer it is from.
ALTER TABLE article_citations
    ADD COLUMN not_known_at timestamptz,     -- asked after looked_up_at, it did not give the count; NULL: never
    ADD COLUMN ratio_told_at timestamptz,    -- of ratio and percentile; NULL: with the count
    ADD COLUMN by_year_told_at timestamptz;  -- NULL: with the count
