import unittest
from datetime import timedelta

from timekeeper.entries import parse_entry


class ParseEntry(unittest.TestCase):
    def test_from_a_time_to_a_time(self) -> None:
        entry = parse_entry("2024-03-04 09:00 - 10:30 website: landing page")
        self.assertEqual(entry.duration, timedelta(hours=1, minutes=30))
        self.assertEqual((entry.project, entry.note), ("website", "landing page"))

    def test_past_midnight(self) -> None:
        self.assertEqual(
            parse_entry("2024-03-04 23:00 - 01:00 release").duration, timedelta(hours=2)
        )

    def test_a_length_of_time(self) -> None:
        entry = parse_entry("2024-03-05 2h15m invoices")
        self.assertEqual((entry.duration, entry.note), (timedelta(hours=2, minutes=15), ""))

    def test_a_line_without_a_project(self) -> None:
        with self.assertRaisesRegex(ValueError, "not an entry"):
            parse_entry("2024-03-05 2h15m")


if __name__ == "__main__":
    unittest.main()
