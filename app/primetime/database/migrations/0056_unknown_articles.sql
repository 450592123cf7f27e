-- A wanted PMID of which PubMed has no record (withdrawn, or not there yet) is asked for again by its age, and not each time.
ALTER TABLE wanted_articles ADD COLUMN unknown_at timestamptz;  -- when PubMed last gave no record of it
