-- What a list by words visits of an article, apart from all the rest: a hundred bytes a row in place of two thousand, so
-- that thousands of matches are a few hundred pages, which stay in memory. It changes with `articles` and only so.
CREATE TABLE article_words (
    pmid bigint PRIMARY KEY,
    publication_date date,
    publication_year integer,
    search_document tsvector NOT NULL,
    -- PostgreSQL moves what is long out of a row that has more than 2 kB, and most documents have less: with this one,
    -- which takes 30 bytes when it is compressed, every row has more.
    filler text NOT NULL GENERATED ALWAYS AS (repeat(' ', 2000)) STORED
) WITH (toast_tuple_target = 128);
ALTER TABLE article_words ALTER search_document SET STORAGE EXTERNAL;

INSERT INTO article_words (pmid, publication_date, publication_year, search_document)
SELECT pmid, publication_date, publication_year, search_document FROM articles ORDER BY pmid;

CREATE INDEX article_words_search_document ON article_words USING gin (search_document);
ANALYZE article_words;

CREATE FUNCTION keep_article_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO article_words (pmid, publication_date, publication_year, search_document)
        SELECT pmid, publication_date, publication_year, search_document FROM changed;
    ELSIF TG_OP = 'UPDATE' THEN
        -- The array makes the planner, who has no statistics within an import, go by the primary key.
        UPDATE article_words AS kept SET
            publication_date = changed.publication_date,
            publication_year = changed.publication_year,
            search_document = changed.search_document
        FROM changed
        WHERE kept.pmid = changed.pmid
            AND kept.pmid = ANY (ARRAY(SELECT pmid FROM changed))
            AND (kept.publication_date, kept.publication_year, kept.search_document)
                IS DISTINCT FROM (changed.publication_date, changed.publication_year, changed.search_document);
    ELSIF TG_OP = 'DELETE' THEN
        DELETE FROM article_words WHERE pmid = ANY (ARRAY(SELECT pmid FROM changed));
    ELSE
        TRUNCATE article_words;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_article_words_of_new AFTER INSERT ON articles REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION keep_article_words();
CREATE TRIGGER keep_article_words_of_changed AFTER UPDATE ON articles REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION keep_article_words();
CREATE TRIGGER keep_article_words_of_deleted AFTER DELETE ON articles REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION keep_article_words();
CREATE TRIGGER keep_article_words_of_none AFTER TRUNCATE ON articles
    FOR EACH STATEMENT EXECUTE FUNCTION keep_article_words();
