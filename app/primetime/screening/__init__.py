"""What people make of articles: collections, screening marks, notes."""
