-- What is forecast of a topic besides its papers a year. NULL: of a run before there was any.
ALTER TABLE analysis_topics
    ADD COLUMN months jsonb,    -- {counts: [{month: "2019-03", articles}], forecast: as of years, or {refused}}
    ADD COLUMN citations jsonb; -- {counts: [{year, citations}], known: of how many articles, forecast: as of years}
