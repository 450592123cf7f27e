"""Faults on demand: what AWS does on a bad day, done by the local cloud's endpoint when it is told to."""
