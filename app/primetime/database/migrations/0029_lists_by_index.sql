-- Lists are counted from indexes alone, which duplicates' links are looked up by: so each has the PMID.
DROP INDEX articles_year;
CREATE INDEX articles_year ON articles (publication_year, pmid);
DROP INDEX articles_journal;
CREATE INDEX articles_journal ON articles (journal, pmid);
-- Lists by title. An index takes no text of any length, so the first 200 letters are what decides.
CREATE INDEX articles_title ON articles (left(title, 200), pmid);
