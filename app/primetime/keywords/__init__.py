"""An idea to scored keywords and MeSH terms, and to a PubMed query."""
