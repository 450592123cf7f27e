"""Finding records of the same article, and keeping what was found as links that can be undone."""
