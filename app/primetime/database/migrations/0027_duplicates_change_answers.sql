-- Lists and articles' pages are made from these too: no kept answer outlives them.

CREATE TRIGGER note_data_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON duplicate_links
    FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
CREATE TRIGGER note_data_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON article_citations
    FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
