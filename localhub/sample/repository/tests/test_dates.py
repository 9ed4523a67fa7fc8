import unittest
from datetime import date, datetime, timedelta, timezone

from timekeeper.dates import day_of, format_timestamp, parse_timestamp


class ParseTimestamp(unittest.TestCase):
    def test_a_time_in_utc(self) -> None:
        expected = datetime(2024, 3, 4, 9, 30, tzinfo=timezone.utc)
        self.assertEqual(parse_timestamp("2024-03-04T09:30Z"), expected)

    def test_an_offset_is_converted(self) -> None:
        expected = datetime(2024, 3, 4, 7, 30, tzinfo=timezone.utc)
        self.assertEqual(parse_timestamp("2024-03-04 09:30+02:00"), expected)

    def test_seconds_are_kept(self) -> None:
        self.assertEqual(parse_timestamp("2024-03-04T09:30:15Z").second, 15)

    def test_spaces_around_do_not_matter(self) -> None:
        self.assertEqual(
            parse_timestamp(" 2024-03-04T09:30Z "), parse_timestamp("2024-03-04T09:30Z")
        )

    def test_every_moment_has_a_time_zone(self) -> None:
        self.assertEqual(parse_timestamp("2024-03-04").utcoffset(), timedelta(0))

    def test_words_are_no_date(self) -> None:
        with self.assertRaisesRegex(ValueError, "not a date: 'yesterday'"):
            parse_timestamp("yesterday")

    def test_a_day_that_does_not_exist(self) -> None:
        with self.assertRaises(ValueError):
            parse_timestamp("2024-02-30")


class WriteTimestamp(unittest.TestCase):
    def test_it_is_written_in_utc(self) -> None:
        self.assertEqual(
            format_timestamp(parse_timestamp("2024-03-04T23:30-02:00")), "2024-03-05 01:30"
        )

    def test_the_day_is_that_of_utc(self) -> None:
        self.assertEqual(day_of(parse_timestamp("2024-03-04T23:30-02:00")), date(2024, 3, 5))


if __name__ == "__main__":
    unittest.main()
