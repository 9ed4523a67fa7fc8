"""The composition root of the doctor: arguments in, findings out, and an exit code.

0: nothing keeps Handoff from working. 1: something does. 2: not even the settings of every process can be read.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence

from app.config import Settings, load
from app.domain.errors import BadConfiguration
from app.domain.redaction import Redactor
from app.logs import configure
from workers.doctor.examine import examine
from workers.doctor.finding import EXIT_CANNOT, Finding, exit_code, problem
from workers.doctor.show import as_json, as_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Look, print, and return the exit code."""
    options = _parser().parse_args(arguments)
    redactor = Redactor()
    configure("text", redactor.redact, level=logging.CRITICAL)
    try:
        findings, code = asyncio.run(_look(redactor)), None
    except BadConfiguration as error:
        findings = [problem("settings", line, _MEND) for line in str(error).splitlines()]
        code = EXIT_CANNOT
    told = as_json(findings) if options.json else as_text(findings)
    try:
        sys.stdout.write(redactor.redact(told))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our answer has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return exit_code(findings) if code is None else code


_MEND = "Every setting is explained by `handoff settings`."


async def _look(redactor: Redactor) -> list[Finding]:
    return [finding async for finding in examine(load(Settings), redactor)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handoff doctor",
        description="Look whether everything is as it has to be, change nothing, and say what to mend and how.",
    )
    parser.add_argument("--json", action="store_true", help="answer as a JSON document")
    return parser
