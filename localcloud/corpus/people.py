"""Names of authors who do not exist, put together from syllables so that they are nobody's."""

from __future__ import annotations

import random

_FIRST = ("Vel", "Tor", "Mar", "Bran", "Quil", "Sor", "Dav", "Ler", "Ost", "Fen", "Hal", "Jur", "Kes", "Nim", "Pel")
_MIDDLE = ("a", "o", "i", "en", "ar", "os", "il", "um")
_LAST = ("mora", "dane", "wick", "strel", "quist", "vane", "holt", "berin", "sato", "nova", "lund", "zari")
_FORE = ("Ada", "Bela", "Cleo", "Dina", "Emil", "Faro", "Gita", "Hugo", "Ines", "Jora", "Kaya", "Lino", "Mira", "Nilo")
_PLACES = ("Northbridge", "Eastmere", "Southwold Vale", "Westhaven", "Lakemouth", "Hillcrest Moor")


def surname(rng: random.Random) -> str:
    return rng.choice(_FIRST) + rng.choice(_MIDDLE) + rng.choice(_LAST)


def fore_name(rng: random.Random) -> str:
    name = rng.choice(_FORE)
    return f"{name} {rng.choice('ABCDEFGHJKLMNPRSTW')}" if rng.random() < 0.5 else name


def initials(name: str) -> str:
    return "".join(part[0] for part in name.split())


def affiliation(topic_name: str, rng: random.Random) -> str:
    return f"Made-up Institute of {topic_name}, {rng.choice(_PLACES)}."
