"""The words after `handoff cage`, as a value. Reads no settings."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.cage.spec import MIB, Limits, Network

_JSON = "--json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What is to be tried and how. `cage` is None where the settings decide; `network` None where there is none."""

    command: tuple[str, ...]
    limits: Limits
    network: Network | None = None
    cage: str | None = None
    workspace: Path | None = None
    json: bool = False


def read(words: Sequence[str]) -> Options:
    """Return what the words after `handoff cage` say; ends the process as argparse does where they say nothing."""
    ours, command = _divided(words)
    parser = _parser()
    asked = parser.parse_args(ours)
    if not command:
        parser.error("what is to be tried comes after --, for example: handoff cage try -- make test")
    return Options(
        command=tuple(command),
        limits=_limits(asked),
        network=Network(allow=tuple(asked.allow)) if asked.allow else None,
        cage=asked.cage,
        workspace=asked.workspace,
        json=asked.json,
    )


def usage() -> str:
    """Return the help."""
    return _parser().format_help()


def _divided(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part our words from the command's. A last word `--json` is ours on either side of the `--`."""
    if "--" not in words:
        return list(words), []
    at = list(words).index("--")
    ours, command = list(words[:at]), list(words[at + 1 :])
    if command[-1:] == [_JSON]:
        ours.append(command.pop())
    return ours, command


def _limits(asked: argparse.Namespace) -> Limits:
    """Return the limits. Scratch and files are no larger than what there may be of memory and disk."""
    memory, disk = asked.memory * MIB, asked.disk * MIB
    return Limits(
        timeout_seconds=asked.timeout,
        stall_seconds=asked.timeout,
        grace_seconds=min(_LIMITS.grace_seconds, asked.timeout),
        output_bytes=asked.output * MIB,
        processes=asked.processes,
        memory_bytes=memory,
        disk_bytes=disk,
        file_bytes=min(disk, _LIMITS.file_bytes),
        scratch_bytes=min(memory // 2, _LIMITS.scratch_bytes),
        free_bytes=_LIMITS.free_bytes,
    )


_LIMITS = Limits()
_EPILOG = (
    "Everything after -- is the command, but for a last word --json, which is mine. "
    "Exit code 0: contained. 1: not contained. 2: nothing could be tried."
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handoff cage",
        description="Look whether the cage of this machine holds what runs in it.",
        epilog=_EPILOG,
    )
    acts = parser.add_subparsers(metavar="ACT", required=True)
    act = acts.add_parser(
        "try",
        help="run a command in the cage, and say whether it was contained",
        usage="handoff cage try [OPTIONS] -- COMMAND [ARGUMENT …]",
        description="Run a command in the cage as an agent would be, and say whether it was contained.",
        epilog=_EPILOG,
    )
    act.add_argument("--cage", metavar="NAME", help="the cage to try (default: as the settings say)")
    act.add_argument("--workspace", type=_folder, metavar="FOLDER", help="what it works in; it gets a copy")
    act.add_argument("--allow", action="append", default=[], metavar="HOST", help="a host it may reach")
    for name, default, unit in _NUMBERS:
        act.add_argument(f"--{name}", type=_positive, default=default, metavar=unit, help=f"({default})")
    act.add_argument(_JSON, action="store_true", help="answer as a JSON document")
    return parser


_NUMBERS: tuple[tuple[str, int, str], ...] = (
    ("timeout", 120, "SECONDS"),
    ("memory", _LIMITS.memory_bytes // MIB, "MB"),
    ("disk", _LIMITS.disk_bytes // MIB, "MB"),
    ("output", _LIMITS.output_bytes // MIB, "MB"),
    ("processes", _LIMITS.processes, "NUMBER"),
)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it has to be 1 or more")
    return number


def _folder(text: str) -> Path:
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {text}")
    return path.resolve()
