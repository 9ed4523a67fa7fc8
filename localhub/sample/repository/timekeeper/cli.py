"""The command line."""

import argparse
import sys
from pathlib import Path
from typing import Optional

from .report import text_report
from .timesheet import parse_timesheet


def main(arguments: Optional[list[str]] = None) -> int:
    """Print the report of a timesheet; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        timesheet = parse_timesheet(options.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        print(f"timekeeper: {error}", file=sys.stderr)
        return 1
    print(text_report(timesheet, options.by))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="timekeeper", description="Add up the hours in a timesheet."
    )
    parser.add_argument("file", type=Path, help="the timesheet")
    parser.add_argument(
        "--by", choices=["project", "day"], default="project", help="what to add up"
    )
    return parser
