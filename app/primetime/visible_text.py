"""What a person can see of a text: a name shows something, and an address hides nothing."""

import re

# Characters that show nothing although Python counts them as printable: joiners, fillers, selectors of variants.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def hides(text: str) -> bool:
    """Whether a character of it, other than a blank, cannot be seen."""
    return not text.isprintable() or _UNSEEN.search(text) is not None


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return all(one.isspace() or hides(one) for one in text)
