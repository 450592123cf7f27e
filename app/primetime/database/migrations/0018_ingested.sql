-- How many articles came in the last hour, which is asked for at every scrape. A block range index costs an import nothing.
CREATE INDEX articles_updated_at ON articles USING brin (updated_at) WITH (autosummarize = on);
