"""Reading PubMed's publication dates, which are printed as each journal pleases.

`MedlineDate` holds what fits no other field: "1998 Dec-1999 Jan", "Spring 2019", "1947-1948", "2000 Mar 3-9".
What is printed is kept; what can be read in it is an interval of days. Nothing is filled in: a date in which no
year can be read has no interval, and so no place in time.

A season is read as a quarter, beginning with winter in January, as PubMed orders its issues.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from primetime.articles.record import PublicationDate

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_SEASONS = {"win": (1, 3), "spr": (4, 6), "sum": (7, 9), "aut": (10, 12), "fal": (10, 12)}
_WORD = re.compile(r"[A-Za-z]+|(?<![A-Za-z])\d+(?![A-Za-z])")
_QUARTER = re.compile(r"\b(?:Q([1-4])\b|([1-4])(?:st|nd|rd|th)\s+quart)", re.IGNORECASE)
# Which part of a volume it is says nothing of the time: 1984 Suppl 3.
_PART = re.compile(r"\b(?:suppl(?:ement)?|no|pt|part|vol|issue)\b\.?\s*\d+", re.IGNORECASE)
# Two years before two months: 2012-2013 Sep-Jan is 2012 Sep-2013 Jan.
_YEARS_THEN_MONTHS = re.compile(r"(\d{4})\s*[-–—/]\s*(\d{4})\s+([A-Za-z]+)\.?\s*[-–—/]\s*([A-Za-z]+)\.?")
_RANGE = re.compile(r"\s*[-–—/]\s*|\s+(?:to|and|&)\s+|\s*&\s*", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1500, 2199


@dataclass(frozen=True, slots=True)
class _Part:
    """One end of an interval, as far as it is printed."""

    year: int | None = None
    months: tuple[int, int] | None = None  # first and last
    day: int | None = None
    short_year: int | None = None  # the 79 of "1978-79"


def read_publication_date(
    *, year: str = "", month: str = "", day: str = "", season: str = "", medline_date: str = ""
) -> PublicationDate:
    """The date from the fields of a `PubDate`, each as printed or empty."""
    if medline_date:
        return read_medline_date(medline_date)
    printed = " ".join(part for part in (year, season or month, day) if part)
    return read_medline_date(printed)


@lru_cache(maxsize=4096)
def read_medline_date(printed: str) -> PublicationDate:
    """The date that free text stands for. Never raises: what cannot be read has no interval."""
    text = " ".join(printed.split())
    told = _PART.sub("", text)
    if (both := _YEARS_THEN_MONTHS.fullmatch(told)) and both[1] < both[2]:
        told = f"{both[1]} {both[3]}-{both[2]} {both[4]}"
    parts = [_read_part(part) for part in _RANGE.split(told)]
    # 2015-06-01 is no range of years.
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        parts = [_Part(year=int(iso[1]), months=(int(iso[2]), int(iso[2])), day=int(iso[3]))]
    interval = _interval(_fill(parts)) or _years_only(text)
    first, last = interval or (None, None)
    return PublicationDate(printed=text, first=first, last=last)


def _read_part(text: str) -> _Part:
    part = _Part()
    if quarter := _QUARTER.search(text):
        number = int(quarter[1] or quarter[2])
        part = replace(part, months=(number * 3 - 2, number * 3))
    for word in _WORD.findall(text):
        if word.isdigit():
            number = int(word)
            if len(word) == 4 and _FIRST_YEAR <= number <= _LAST_YEAR and part.year is None:
                part = replace(part, year=number)
            elif len(word) <= 2 and part.months is None and part.year is not None and 1 <= number <= 12:
                part = replace(part, months=(number, number))
            elif len(word) <= 2 and part.day is None and 1 <= number <= 31:
                part = replace(part, day=number)
            elif len(word) == 2 and number > 31:
                part = replace(part, short_year=number)
        elif part.months is None:
            key = word[:3].lower()
            months = (_NUMBERS[key], _NUMBERS[key]) if key in _NUMBERS else _SEASONS.get(key)
            part = replace(part, months=months)
    return part


def _fill(parts: list[_Part]) -> list[_Part]:
    """Each end takes from the other what is printed only once."""
    first, last = parts[0], parts[-1]
    if last.year is None and last.short_year is not None and first.year is not None:
        last = replace(last, year=first.year - first.year % 100 + last.short_year)
    elif _is_short_year(first, last) and first.year is not None:
        last = _Part(year=first.year - first.year % 100 + (last.day or 0))
    year_after = next((part.year for part in parts if part.year is not None), None)
    first = replace(first, year=first.year if first.year is not None else year_after)
    last = replace(last, year=last.year if last.year is not None else first.year)
    if last.months is None and last.day is not None:
        last = replace(last, months=first.months)
    if first.months is None and last.months is not None and parts[0].year is None:
        first = replace(first, months=last.months)
    return [first, last]


def _is_short_year(first: _Part, last: _Part) -> bool:
    """Whether the last number of "2008-09" is a year: nothing in it says month, and it is later than the first."""
    no_month = first.months is None and last.months is None
    return no_month and last.year is None and last.day is not None and last.day > (first.year or 0) % 100


def _interval(ends: list[_Part]) -> tuple[date, date] | None:
    first, last = ends
    if first.year is None or last.year is None:
        return None
    first_month = first.months[0] if first.months else 1
    last_month = last.months[1] if last.months else 12
    if not (1 <= first_month <= 12 and 1 <= last_month <= 12):
        return None
    first_day = first.day if first.day is not None and first.months else 1
    days = calendar.monthrange(last.year, last_month)[1]
    last_day = last.day if last.day is not None and last.months else days
    if first_day > calendar.monthrange(first.year, first_month)[1] or last_day > days:
        return None
    interval = date(first.year, first_month, first_day), date(last.year, last_month, last_day)
    return interval if interval[0] <= interval[1] else None


def _years_only(text: str) -> tuple[date, date] | None:
    years = [int(word) for word in re.findall(r"(?<!\d)\d{4}(?!\d)", text) if _FIRST_YEAR <= int(word) <= _LAST_YEAR]
    return (date(min(years), 1, 1), date(max(years), 12, 31)) if years else None
