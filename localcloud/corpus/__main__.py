"""`python -m localcloud.corpus OUTPUT`."""

from localcloud.corpus.command import corpus

corpus(prog_name="python -m localcloud.corpus")
