"""Which text a spreadsheet runs as a formula when it opens a CSV file (OWASP, "CSV Injection")."""

# In full width as well: Excel takes both in East Asian settings.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# Blanks that some spreadsheets take away before they look.
_BLANKS = " \u00a0\u200b\ufeff"


def runs_as_formula(text: str) -> bool:
    return text.lstrip(_BLANKS).startswith(_STARTS)
