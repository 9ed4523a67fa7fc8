import unittest
from datetime import date, timedelta

from timekeeper.timesheet import parse_timesheet

MARCH = """\
# what I did in March
2024-03-04T00:00Z 1h30m website: landing page
2024-03-04T00:00Z 1h website: review   # with bo

2024-03-05T00:00Z 2h15m invoices
"""


class Sums(unittest.TestCase):
    def test_the_total(self) -> None:
        self.assertEqual(parse_timesheet(MARCH).total(), timedelta(hours=4, minutes=45))

    def test_per_project_in_alphabetical_order(self) -> None:
        sums = parse_timesheet(MARCH).by_project()
        self.assertEqual(list(sums), ["invoices", "website"])
        self.assertEqual(sums["website"], timedelta(hours=2, minutes=30))

    def test_per_day(self) -> None:
        sums = parse_timesheet(MARCH).by_day()
        self.assertEqual(sums[date(2024, 3, 5)], timedelta(hours=2, minutes=15))

    def test_an_empty_timesheet(self) -> None:
        self.assertEqual(parse_timesheet("# nothing yet\n").total(), timedelta(0))


class Mistakes(unittest.TestCase):
    def test_the_line_is_named(self) -> None:
        with self.assertRaisesRegex(ValueError, "line 2: not an entry: 'lunch'"):
            parse_timesheet("# March\nlunch\n")


if __name__ == "__main__":
    unittest.main()
