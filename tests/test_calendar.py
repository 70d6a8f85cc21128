"""The calendar against dates worked by hand and against counting day by day."""

import calendar as gregorian
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.basics.calendar import Calendar, add_months, month_position, whole_months

HALF_YEARS = Calendar(date(2026, 7, 1), date(2029, 7, 1), 6)

calendars = st.builds(
    lambda month, periods, length: Calendar(
        date(2026, month, 1), add_months(date(2026, month, 1), periods * length), length
    ),
    st.integers(1, 12),
    st.integers(1, 6),
    st.sampled_from((1, 3, 6, 12)),
)
days = st.dates(date(2023, 1, 1), date(2033, 12, 31))


def days_of(calendar: Calendar, t: int) -> list[date]:
    first, last = calendar.start_of(t), calendar.start_of(t + 1)
    return [first + timedelta(n) for n in range((last - first).days)]


def share_of_month(day: date) -> float:
    return 1 / gregorian.monthrange(day.year, day.month)[1]


class TestHorizon:
    def test_half_years(self) -> None:
        assert (HALF_YEARS.T, HALF_YEARS.h, list(HALF_YEARS.periods)) == (6, 0.5, [0, 1, 2, 3, 4, 5])
        starts = [HALF_YEARS.start_of(t).isoformat() for t in (-1, 0, 5, 6)]
        assert starts == ["2026-01-01", "2026-07-01", "2029-01-01", "2029-07-01"]
        assert (HALF_YEARS.start_years(3), HALF_YEARS.mid_years(3)) == (1.5, 1.75)

    def test_refused(self) -> None:
        with pytest.raises(ValueError, match="the start 2026-07-02 is not the first day of a month"):
            Calendar(date(2026, 7, 2), date(2027, 7, 2), 6)
        with pytest.raises(ValueError, match="is not a whole number of periods of 12 months"):
            Calendar(date(2026, 7, 1), date(2028, 1, 1), 12)
        with pytest.raises(ValueError, match="is not a whole number of periods"):
            Calendar(date(2026, 7, 1), date(2026, 7, 1), 12)


class TestMonths:
    # Half of April's thirty days have passed on the 16th; of February's 29 in 2028, 14.
    def test_days_count_as_a_share_of_their_month(self) -> None:
        assert month_position(date(2026, 4, 16)) == 2026 * 12 + 3.5
        assert month_position(date(2028, 2, 15)) == pytest.approx(2028 * 12 + 1 + 14 / 29)

    def test_the_last_day_stands_in_for_one_that_is_not_there(self) -> None:
        assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
        assert add_months(date(2027, 1, 31), -2) == date(2026, 11, 30)
        assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)

    def test_terms(self) -> None:
        assert [whole_months(years) for years in (0.25, 1 / 12, 2.5, 10)] == [3, 1, 30, 120]


class TestRounding:
    # On a period's start both ways lead there; a day later, or the day before, they part.
    @pytest.mark.parametrize(
        ("day", "back", "forward"),
        [
            (date(2026, 12, 31), 0, 1),
            (date(2027, 1, 1), 1, 1),
            (date(2027, 1, 2), 1, 2),
            (date(2027, 4, 1), 1, 2),
            (date(2026, 6, 30), -1, 0),
            (date(2025, 7, 1), -2, -2),
            (date(2029, 7, 1), 6, 6),
            (date(2030, 2, 1), 7, 8),
        ],
    )
    def test_back_and_forward(self, day: date, back: int, forward: int) -> None:
        assert (HALF_YEARS.back(day), HALF_YEARS.forward(day)) == (back, forward)

    @given(calendars, days)
    def test_against_the_starts_of_periods(self, calendar: Calendar, day: date) -> None:
        numbers = range(-150, 150)
        assert calendar.back(day) == max(t for t in numbers if calendar.start_of(t) <= day)
        assert calendar.forward(day) == min(t for t in numbers if calendar.start_of(t) >= day)

    # Both ends belong to a window; a blank is the case's start or end.
    @given(calendars, st.none() | days, st.none() | days)
    def test_windows(self, calendar: Calendar, first: date | None, last: date | None) -> None:
        inside = [
            t
            for t in calendar.periods
            if (first is None or first <= calendar.start_of(t)) and (last is None or calendar.start_of(t) <= last)
        ]
        assert list(calendar.window(first, last)) == inside

    # The last day does not belong to a term, which may run past the end and does not reach back before the start.
    @given(calendars, days, days)
    def test_terms(self, calendar: Calendar, first: date, last: date) -> None:
        periods, shares = calendar.overlap(first, last)
        assert len(periods) == len(shares)
        whole = [t for t in range(150) if first <= calendar.start_of(t) and calendar.start_of(t + 1) <= last]
        touched = [t for t in range(150) if first < calendar.start_of(t + 1) and calendar.start_of(t) < last]
        assert list(periods) == (touched if first < last else [])
        assert [t for t, share in zip(periods, shares, strict=True) if share == 1.0] == whole
        assert (shares > 0).all()
        months = max(0.0, calendar.position(last) - max(0.0, calendar.position(first)))
        assert shares.sum() == pytest.approx(months)

    # A half-year from 16 June 2026 to 1 October: nothing before July, then half of it.
    def test_parts(self) -> None:
        periods, shares = HALF_YEARS.overlap(date(2026, 6, 16), date(2026, 10, 1))
        assert (periods, shares.tolist()) == (range(1), [0.5])
        periods, shares = HALF_YEARS.overlap(date(2026, 12, 1), date(2027, 2, 1))
        assert (periods, shares.tolist()) == (range(2), pytest.approx([1 / 6, 1 / 6]))


class TestAges:
    # From 15 September 2025 to 1 July 2026 it is 9 months and 16 of September's 30 days.
    def test_in_months_and_years(self) -> None:
        since = date(2025, 9, 15)
        assert HALF_YEARS.age_months(since, 0) == pytest.approx(9 + 16 / 30)
        assert HALF_YEARS.age_years(since, 2) == pytest.approx((21 + 16 / 30) / 12)
        assert HALF_YEARS.age_months(date(2027, 1, 1), 0) == -6.0
        assert HALF_YEARS.years(date(2027, 4, 1)) == 0.75


class TestDatedValues:
    # A year from July 2026. 10 until 15 November, 20 from then on: 4 + 14/30 months and 7 + 16/30.
    def test_a_date_in_the_middle_of_a_month(self) -> None:
        year = Calendar(date(2026, 7, 1), date(2027, 7, 1), 12)
        mean = year.mean([date(2026, 7, 1), date(2026, 11, 15)], [10.0, 20.0])
        assert mean == pytest.approx([(10 * (4 + 14 / 30) + 20 * (7 + 16 / 30)) / 12])

    # A first date long before the start, and dates that nobody lives to see.
    def test_dates_outside_the_horizon(self) -> None:
        dates = [date(2020, 1, 1), date(2025, 1, 1), date(2027, 1, 1), date(2040, 1, 1)]
        values = [1.0, 2.0, 3.0, 4.0]
        assert HALF_YEARS.mean(dates, values).tolist() == [2.0, 3.0, 3.0, 3.0, 3.0, 3.0]
        assert HALF_YEARS.strictest(dates, values, max).tolist() == [2.0, 3.0, 3.0, 3.0, 3.0, 3.0]

    # A limit from the last day of a period holds in all of it, and the one before it goes on until then.
    def test_a_limit_inside_a_period(self) -> None:
        dates = [date(2026, 7, 1), date(2026, 12, 31), date(2027, 7, 1)]
        assert HALF_YEARS.strictest(dates, [5.0, 3.0, 9.0], min).tolist() == [3.0, 3.0, 9.0, 9.0, 9.0, 9.0]
        assert HALF_YEARS.strictest(dates, [5.0, 3.0, 9.0], max).tolist() == [5.0, 3.0, 9.0, 9.0, 9.0, 9.0]

    @settings(max_examples=50)
    @given(calendars, st.dictionaries(days, st.floats(-10, 10), max_size=5), st.floats(-10, 10))
    def test_day_by_day(self, calendar: Calendar, later: dict[date, float], first: float) -> None:
        held = {date(2022, 1, 1): first, **later}
        dates = sorted(held)
        values = [held[day] for day in dates]

        def on(day: date) -> float:
            return held[max(known for known in dates if known <= day)]

        mean, least, most = np.empty(calendar.T), np.empty(calendar.T), np.empty(calendar.T)
        for t in calendar.periods:
            passing = [(on(day), share_of_month(day)) for day in days_of(calendar, t)]
            mean[t] = sum(value * share for value, share in passing) / calendar.period_months
            least[t], most[t] = min(value for value, _ in passing), max(value for value, _ in passing)
        assert calendar.mean(dates, values) == pytest.approx(mean, abs=1e-9)
        assert calendar.strictest(dates, values, min).tolist() == least.tolist()
        assert calendar.strictest(dates, values, max).tolist() == most.tolist()

    @given(calendars, st.integers(0, 20))
    def test_months_by_calendar_year(self, calendar: Calendar, t: int) -> None:
        shares = calendar.shares_by_calendar_year(t)
        months = sum(share_of_month(day) for day in days_of(calendar, t))
        for year, share in shares.items():
            inside = sum(share_of_month(day) for day in days_of(calendar, t) if day.year == year)
            assert share == pytest.approx(inside / months)
        assert sum(shares.values()) == pytest.approx(1.0)
