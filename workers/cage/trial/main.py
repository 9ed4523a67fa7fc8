"""The composition root of `handoff cage`: words in, a report out, and an exit code. Needs no GitHub App.

0: contained. 1: not contained. 2: nothing could be tried.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app.config import load
from app.config.set_up import MachineSettings
from app.config.shapes import listed
from app.domain.errors import BadConfiguration
from app.domain.redaction import redact_shapes
from app.logs import configure
from workers.cage.probe import choose
from workers.cage.spec import Identity
from workers.cage.trial import show
from workers.cage.trial.options import Options, read, usage
from workers.cage.trial.trial import attempt
from workers.cage.trial.verdict import EXIT_CANNOT, Report

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Try what is asked, tell it, and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words:
        return _say(usage(), 0)
    options = read(words)
    configure("text", redact_shapes, level=logging.ERROR)
    try:
        report = asyncio.run(_tried(options))
    except BadConfiguration as problem:
        sys.stderr.write(f"{problem}\n")
        return EXIT_CANNOT
    except KeyboardInterrupt:
        return _INTERRUPTED
    return _say(show.as_json(report) if options.json else show.as_text(report), report.exit_code)


async def _tried(options: Options) -> Report:
    settings = load(MachineSettings)
    identity = Identity(settings.cage_uid, settings.cage_uid) if settings.cage_uid else Identity()
    sandbox = await choose(
        options.cage or settings.cage, identity, engine=settings.container_engine, image=settings.image
    )
    network = options.network and replace(options.network, private=listed(settings.private_networks))
    return await attempt(replace(options, network=network), sandbox, _existing(settings.data))


def _existing(data: Path) -> Path | None:
    """Return the data folder, where runs are as well; None, for the system's temporary one, if there is none yet."""
    return data if data.is_dir() and os.access(data, os.W_OK) else None


def _say(text: str, code: int) -> int:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read our answer has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code
