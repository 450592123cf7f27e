from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.lightsail.database_backups import is_open, last_opening

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
times = st.integers(0, 366 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
clock = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
days = st.sampled_from(["Mon", "tue", "Wed", "thu", "Fri", "sat", "Sun"])


@pytest.mark.parametrize(
    ("hour", "minute", "opened"), [(2, 59, MONDAY - timedelta(hours=21)), (3, 0, MONDAY + timedelta(hours=3))]
)
def test_a_daily_window_opened_today_or_yesterday(hour, minute, opened):
    assert last_opening("03:00-03:30", MONDAY.replace(hour=hour, minute=minute)) == opened


@given(st.builds("{}:{}-x".format, days, clock), times)
def test_a_weekly_window_opened_within_the_last_week_on_its_day(window, time):
    opened = last_opening(window, time)
    assert timedelta(0) <= time - opened < timedelta(days=7)
    assert opened.strftime("%a:%H:%M").lower() == window[:9].lower()


@pytest.mark.parametrize(
    ("window", "time", "expected"),
    [
        ("Mon:04:00-Mon:04:30", MONDAY.replace(hour=4), True),
        ("Mon:04:00-Mon:04:30", MONDAY.replace(hour=4, minute=30), False),
        ("Mon:04:00-Mon:04:30", MONDAY + timedelta(days=1, hours=4), False),
        ("sun:23:45-mon:00:15", MONDAY.replace(minute=10), True),
        ("sun:23:45-mon:00:15", MONDAY.replace(minute=15), False),
    ],
)
def test_a_window_is_open_from_its_opening_to_its_closing(window, time, expected):
    assert is_open(window, time) is expected
