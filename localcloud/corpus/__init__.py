"""A made-up corpus of medical articles with planted topics and growth, so that the demo needs no network.

Nothing in it is a finding. Every record says so: its owner is MADE-UP, its journal is a "Made-up Journal of …", its
abstract calls its own study made-up and carries that as copyright information. PMIDs begin at 900000001, far beyond
PubMed's, and DOIs use the prefix 10.5555, which is reserved for examples.
"""

from localcloud.corpus.command import corpus
from localcloud.corpus.writing import write_corpus

__all__ = ["corpus", "write_corpus"]
