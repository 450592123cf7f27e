"""PubMed and the citation sources on this machine: the real formats, over PubMed XML files on disk."""
