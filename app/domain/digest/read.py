"""One check's output as a digest: a line of summary, counts, the lines that say what failed, the tests by name."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from app.domain.digest.counts import Counts, counts_of
from app.domain.digest.lines import failed_tests, failing_lines

LINES_MAX = 20
LINE_CHARACTERS = 300
TESTS_MAX = 200
_HEAD_LINES, _TAIL_LINES = 5_000, 25_000
_READ_CHARACTERS = 2_000_000
_LINE_READ = 600

_ANSI = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]{0,200}(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SAYS_SOMETHING = re.compile(r"[^\W_]")
_PROGRAM = re.compile(r"\s*(?:[A-Z_]\w{0,60}=\S{0,200}\s+)*([\w./-]{1,100})")

_EXITS = {
    126: "it could not be executed (exit code 126)",
    127: "a program was not found (exit code 127)",
    134: "it aborted (exit code 134)",
    137: "it was killed (exit code 137), often because memory ran out",
    139: "it crashed (exit code 139, segmentation fault)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a check said, short enough to quote. Lines are single, trimmed and without colours; nothing is redacted.

    `counts` is None where no runner that we know closed with any. `failing_lines` are at most 20, `failed_tests`
    at most 200 in the runner's own spelling, each once, in the order of the output.
    """

    summary: str
    counts: Counts | None = None
    failing_lines: tuple[str, ...] = ()
    failed_tests: tuple[str, ...] = ()


def digest(command: str, exit_code: int | None, output: str) -> Digest:
    """Read the output of a command that ended with this exit code (None: it was cut short). Never raises.

    Of more than 30,000 lines the first 5,000 and the last 25,000 are read, of a line its first 600 characters.
    """
    lines = _lines(output)
    counts = counts_of(lines)
    # A check that passed may print words like "error": nothing failed there.
    said = [] if exit_code == 0 else lines
    failing = _first(failing_lines(said), LINES_MAX)
    return Digest(
        summary=_summary(command, exit_code, counts, failing[0] if failing else _last_words(lines)),
        counts=counts,
        failing_lines=failing,
        failed_tests=_first(failed_tests(said), TESTS_MAX),
    )


def _lines(output: str) -> list[str]:
    half = _READ_CHARACTERS // 2
    kept = output if len(output) <= _READ_CHARACTERS else f"{output[:half]}\n{output[-half:]}"
    lines = kept.split("\n")
    if len(lines) > _HEAD_LINES + _TAIL_LINES:
        lines = lines[:_HEAD_LINES] + lines[-_TAIL_LINES:]
    # Progress bars write over their line with a carriage return: what stood there last is the line.
    return [
        _CONTROL.sub("", _ANSI.sub("", _last_written(line[:4_000])))[:_LINE_READ].rstrip() for line in lines
    ]


def _last_written(line: str) -> str:
    return line.rstrip("\r").rsplit("\r", 1)[-1]


def _first(found: Iterable[str], limit: int) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(line[:LINE_CHARACTERS] for line in found), limit))


def _summary(command: str, exit_code: int | None, counts: Counts | None, words: str) -> str:
    if counts is not None and (exit_code == 0 or counts.failed or counts.errors):
        return str(counts)
    how = _how(command, exit_code)
    if counts is not None:
        return f"{counts}, and yet {how}"
    if exit_code == 0:
        return words[:200] or "it ended well and said nothing"
    return f"{how}: {words[:200]}" if words else f"{how}; it said nothing"


def _last_words(lines: Sequence[str]) -> str:
    return next((line.strip() for line in reversed(lines) if _SAYS_SOMETHING.search(line)), "")


def _how(command: str, exit_code: int | None) -> str:
    if exit_code is None:
        return "it was cut short"
    program = _PROGRAM.match(command)
    told = (
        f"`{program[1]}` ended with exit code {exit_code}"
        if program
        else f"it ended with exit code {exit_code}"
    )
    return _EXITS.get(exit_code, told)
