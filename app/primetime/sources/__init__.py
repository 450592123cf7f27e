"""PubMed and the citation sources: one client each, behind one small transport."""
