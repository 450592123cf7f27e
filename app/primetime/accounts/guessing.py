"""Passwords that are guessed first, by zxcvbn's estimate (Wheeler 2016): what everybody tries, in well-known orders."""

import re

# Of zxcvbn's scores the first that holds against somebody who has the hashes: 10^8 guesses are not enough.
_HOLDS = 3
# It takes no longer ones; who remembers so many characters has no need of an estimate.
_LOOKED_AT = 72


def is_easily_guessed(password: str, *, own: str) -> bool:
    """Whether the password is among the first that somebody tries of whom has the e-mail `own`."""
    # Imported when it is needed: its lists of words and names take 14 MB of a serving process.
    from zxcvbn import zxcvbn

    known = [own, *re.split(r"[\W_]+", own), "prime time", "prime", "time"]
    return int(zxcvbn(password[:_LOOKED_AT], user_inputs=known)["score"]) < _HOLDS
