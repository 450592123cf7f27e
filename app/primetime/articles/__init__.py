"""Articles: the record, reading it from PubMed XML, storing, listing and exporting it."""
