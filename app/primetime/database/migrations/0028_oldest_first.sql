-- Lists that begin with the oldest; the index for the newest, read backwards, would begin with those that have no date.
CREATE INDEX articles_oldest ON articles (publication_date, pmid);
