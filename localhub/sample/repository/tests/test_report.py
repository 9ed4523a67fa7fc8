import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from timekeeper.cli import main
from timekeeper.report import text_report
from timekeeper.timesheet import parse_timesheet

MARCH = "2024-03-04T00:00Z 2h30m website: landing page\n2024-03-05T00:00Z 2h15m invoices\n"


class TextReport(unittest.TestCase):
    def test_names_are_aligned_and_the_total_is_last(self) -> None:
        expected = "invoices    2h 15m\nwebsite     2h 30m\ntotal       4h 45m"
        self.assertEqual(text_report(parse_timesheet(MARCH)), expected)

    def test_per_day(self) -> None:
        first = text_report(parse_timesheet(MARCH), "day").splitlines()[0]
        self.assertEqual(first, "2024-03-04    2h 30m")

    def test_an_empty_timesheet(self) -> None:
        self.assertEqual(text_report(parse_timesheet("")), "total    0m")


class CommandLine(unittest.TestCase):
    def run_on(self, text: str, *options: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "march.txt"
            file.write_text(text, encoding="utf-8")
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main([str(file), *options])
        return code, out.getvalue(), err.getvalue()

    def test_it_prints_the_report(self) -> None:
        code, out, _ = self.run_on(MARCH)
        self.assertEqual((code, out.splitlines()[-1]), (0, "total       4h 45m"))

    def test_a_mistake_is_one_line_and_no_traceback(self) -> None:
        code, out, err = self.run_on("lunch\n")
        self.assertEqual((code, out), (1, ""))
        self.assertEqual(err, "timekeeper: line 1: not an entry: 'lunch'\n")


if __name__ == "__main__":
    unittest.main()
