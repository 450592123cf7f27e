"""A search's life: planned, running, done; its articles with their rank; its history."""
