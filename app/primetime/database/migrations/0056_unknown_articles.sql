-- A wanted PMID of which PubMed gives no article (it is withdrawn, not there yet, or a book's) is asked for again by its
-- age, and not each time.
ALTER TABLE wanted_articles
    ADD COLUMN unknown_at timestamptz,            -- when PubMed last gave no article
    ADD COLUMN problem text NOT NULL DEFAULT '';  -- why not, where it gave a record
