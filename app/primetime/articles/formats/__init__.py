"""Reading articles from what reference managers and PubMed write: NBIB, RIS, EndNote XML, CSV, lists of PMIDs."""
