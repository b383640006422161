"""Time bands from text: holidays of a country or a part of it, dates, seasons, and whether a week is shared out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from linehouse.rating.band_text import parse_band
from linehouse.rating.errors import SourceTextInvalid
from linehouse.rating.marked import MarkedNode
from linehouse.rating.service import load_marked, read_tariffs
from linehouse.rating.time_bands import holds
from linehouse.rating.week_cover import uncovered
from tests.rating.builders_rating import AMSTERDAM

DAY = date(2026, 1, 1)


def band(text: str):
    node = load_marked(f"name: B\n{text}", "bands.yaml")
    assert isinstance(node, MarkedNode)
    return parse_band("b", node, DAY)


class TestHolidays:
    def test_a_country_and_a_part_of_it(self):
        assert date(2026, 4, 27) in band("holidays: NL").dates
        bavaria, germany = band("holidays: DE-BY").dates, band("holidays: [DE]").dates
        assert date(2026, 1, 6) in bavaria - germany
        assert band("holidays: {country: DE, subdivision: BY}").dates == bavaria

    def test_substitutes_are_observed_unless_it_says_no(self):
        # 4 July 2026 is a Saturday: Friday is observed.
        assert date(2026, 7, 3) in band("holidays: US").dates
        assert date(2026, 7, 3) not in band("holidays: {country: US, observed: no}").dates

    def test_some_of_them_only(self):
        new_year = band('holidays: {country: NL, only: ["New Year\'s Day"]}').dates
        assert {day.month for day in new_year} == {1}
        all_but = band('holidays: {country: NL, except: ["Liberation Day"]}').dates
        assert date(2030, 5, 5) not in all_but
        assert date(2030, 12, 25) in all_but

    def test_they_are_known_ten_years_ahead(self):
        assert {day.year for day in band("holidays: NL").dates} == set(range(2025, 2036))

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("holidays: Holland", "line 2, column 11: no public holidays are known for 'Holland'"),
            ("holidays: DE-XX", "DE has no part 'XX'.*BY"),
            ("holidays: {country: NL, only: [New Years Day]}", "did you mean `New Year's Day`"),
            ("holidays: {land: NL}", "has no `land`"),
            ("holidays: {country: DE, subdivision: Bavaria}", "cannot be 'Bavaria'"),
        ],
    )
    def test_what_is_not_known_is_refused(self, text, said):
        with pytest.raises(SourceTextInvalid, match=said):
            band(text)


class TestDates:
    def test_days_of_every_year_and_seasons(self):
        given = band('dates: ["12-31", 2026-06-01, {from: 2026-07-01, to: 2026-09-01}]\nexcept-dates: 2026-08-15')
        assert date(2031, 12, 31) in given.dates
        assert (date(2026, 7, 1) in given.dates, date(2026, 9, 1) in given.dates) == (True, False)
        assert not holds(given, datetime(2026, 8, 15, 12, tzinfo=UTC), AMSTERDAM)
        assert holds(given, datetime(2026, 8, 16, 12, tzinfo=UTC), AMSTERDAM)

    def test_the_leap_day_comes_in_leap_years(self):
        assert band('dates: "02-29"').dates == {date(2028, 2, 29), date(2032, 2, 29)}

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('dates: "02-30"', "no day of any year"),
            ("dates: 2026-02-30", "no day of the calendar"),
            ("dates: {from: 2026-07-01, to: 2026-07-01}", "ends before it begins"),
            ("dates: {from: 2026-07-01, to: 2099-07-01}", "too long"),
        ],
    )
    def test_what_is_no_day_is_refused(self, text, said):
        with pytest.raises(SourceTextInvalid, match=said):
            band(text)


class TestWindows:
    def test_words_for_days(self):
        windows = band('weekly: [{days: weekdays, from: "08:00", to: "18:00"}, {days: weekend}]').windows
        assert [sorted(window.weekdays) for window in windows] == [[0, 1, 2, 3, 4], [5, 6]]
        assert band("weekly: {days: every-day}").windows[0].start == time.min

    @pytest.mark.parametrize("span", ['from: "08:00", to: "08:00"', 'from: "24:00", to: "08:00"'])
    def test_an_empty_window_is_refused(self, span):
        with pytest.raises(SourceTextInvalid):
            band(f"weekly: {{days: monday, {span}}}")


class TestWeek:
    PEAK = 'weekly: {days: weekdays, from: "08:00", to: "18:00"}\nexcept-holidays: NL'

    def judge(self, peak: str, rest: str) -> list[str]:
        one, other = load_marked(f"name: P\n{peak}"), load_marked(f"name: R\n{rest}")
        return list(uncovered([parse_band("peak", one, DAY), parse_band("rest", other, DAY)]))

    NIGHT = 'weekly: [{days: weekdays, from: "18:00"}, {days: weekdays, to: "08:00"}, {days: weekend}]\nholidays: NL'

    def test_a_week_with_its_holidays_is_shared_out(self):
        assert self.judge(self.PEAK, self.NIGHT) == []

    def test_gaps_and_overlaps_are_named(self):
        late = self.NIGHT.replace("18:00", "19:00")
        assert self.judge(self.PEAK, late)[0] == "Monday 18:00–19:00 is in none of the bands"
        early = self.NIGHT.replace("18:00", "17:00")
        assert self.judge(self.PEAK, early)[0] == "Monday 17:00–18:00 is in 'peak' and in 'rest'"

    def test_a_holiday_that_nobody_takes_is_named(self):
        found = self.judge(self.PEAK, self.NIGHT.replace("\nholidays: NL", ""))
        assert found == ["2025-01-01 (wednesday) 08:00–18:00 is in none of the bands"]

    def test_a_tariff_asks_for_it(self):
        zones = (
            "network-zones: {home: {name: H, plmns: [204-04]}}\n"
            'time-bands: {peak: {name: P, weekly: {days: weekdays, from: "08:00", to: "18:00"}}, '
            "weekend: {name: W, weekly: {days: weekend}}}"
        )
        text = (
            "tariff: t\nname: T\nversion: 1\nvalid-from: 2026-01-01\ncurrency: EUR\nprices: gross\n"
            "time-zone: Europe/Amsterdam\nzones: z\ncovers-week: [peak, weekend]\n"
            "rules: [{rule: all, when: {usage-type: voice}, price: free}]\n"
        )
        with pytest.raises(SourceTextInvalid, match=r"line 9, column 14.*Monday 00:00–08:00 is in none of the bands"):
            read_tariffs([load_marked(text, "t.yaml")], {"z": load_marked(zones)})
