import unittest
from datetime import timedelta

from timekeeper.durations import format_duration, parse_duration


class ParseDuration(unittest.TestCase):
    def test_hours_and_minutes(self) -> None:
        self.assertEqual(parse_duration("1h30m"), timedelta(hours=1, minutes=30))

    def test_minutes_alone_may_be_many(self) -> None:
        self.assertEqual(parse_duration("90m"), timedelta(minutes=90))

    def test_hours_alone(self) -> None:
        self.assertEqual(parse_duration("2h"), timedelta(hours=2))

    def test_as_on_a_clock(self) -> None:
        self.assertEqual(parse_duration("1:05"), timedelta(hours=1, minutes=5))


class FormatDuration(unittest.TestCase):
    def test_hours_and_minutes(self) -> None:
        self.assertEqual(format_duration(timedelta(hours=2, minutes=5)), "2h 05m")

    def test_less_than_an_hour(self) -> None:
        self.assertEqual(format_duration(timedelta(minutes=59, seconds=59)), "59m")

    def test_more_than_a_day_stays_in_hours(self) -> None:
        self.assertEqual(format_duration(timedelta(days=1, hours=1)), "25h 00m")


if __name__ == "__main__":
    unittest.main()
