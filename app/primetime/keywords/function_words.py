"""English function words: those that no medical term has."""

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

# Low back pain, de novo, empty sella, first trimester, full term, serious adverse events, side effects, immune system,
# thick and thin filaments, third molar, whole blood.
_IN_TERMS = frozenset(
    {"back", "de", "empty", "first", "full", "serious", "side", "system", "thick", "thin", "third", "whole"}
)

FUNCTION_WORDS = ENGLISH_STOP_WORDS - _IN_TERMS
