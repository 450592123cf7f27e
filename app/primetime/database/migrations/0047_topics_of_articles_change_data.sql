-- New articles are placed in topics between analyses: lists and pages that show their topics change with it.

CREATE TRIGGER note_data_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON analysis_articles
    FOR EACH STATEMENT EXECUTE FUNCTION note_data_change();
