"""Exports of a search, a collection or a filter: what is in them, and those that the exports bucket keeps."""
