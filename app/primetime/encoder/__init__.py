"""Texts to unit vectors: building the model artifact and serving it. Knows no database and no article."""
