"""The `handoff` command: reads its arguments, calls one function, prints what it returns.

Exit codes: 0 done, 1 refused or not possible just now, 2 wrong usage or settings. The commands that become a
process of their own (`serve`, `worker`, `localhub`) end with that process's code.
"""

import argparse
import asyncio
import logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version

from app.cli.credentials import create_token, list_tokens, log_in, revoke_token
from app.cli.example import env_example
from app.cli.ledger import explain, show_status, stop_job, switch_everything
from app.cli.processes import become
from app.cli.remote import There
from app.cli.up import up
from app.config import Settings, load, unread_file_hint
from app.config.keyboard import user
from app.config.remote import remote
from app.config.set_up import SetUpSettings
from app.domain.errors import BadConfiguration, HandoffError
from app.domain.ids import NO_ISSUE
from app.domain.redaction import redact_shapes
from app.logs import configure

OK, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130

_SUBJECT = re.compile(
    r"(?:https?://[^/\s]+/)?([\w.-]{1,100}/[\w.-]{1,100})(?:(?:#|/issues/|/pull/)([1-9]\d{0,17}))?"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; return the exit code."""
    parser = _parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and not options.passes_on:
        parser.error(f"I do not know what {rest[0]} means here")
    options.rest = rest
    configure("text", redact_shapes, level=logging.ERROR)
    try:
        code: int = options.run(options)
    except BadConfiguration as problem:
        _complain(str(problem), unread_file_hint(), "Every setting is explained by `handoff settings`.")
        return USAGE
    except HandoffError as refusal:
        _complain(str(refusal))
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read our answer has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="handoff", description="Label an issue, walk away, come back to a reviewed pull request."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(
        name: str, help_text: str, run: Callable[[argparse.Namespace], int], *, passes_on: bool = False
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help_text, description=help_text, add_help=not passes_on)
        one.set_defaults(run=run, passes_on=passes_on)
        return one

    add("up", "Run everything on this machine: web, worker, and a queue unless REDIS_URL is set.", _up)
    add("serve", "Run the web process.", lambda _: become("serve"))
    add("worker", "Run a worker.", lambda _: become("worker"))
    add(
        "localhub",
        "Run the pretend GitHub that is made for practising; it has options of its own.",
        lambda options: become("localhub", options.rest),
        passes_on=True,
    )
    add(
        "doctor",
        "Look whether everything is as it has to be, and say what to mend and how; --json for programs.",
        lambda options: become("doctor", options.rest),
        passes_on=True,
    )
    status = add("status", "Show where everything, or one job, stands.", _status)
    status.add_argument("job", nargs="?", metavar="JOB")
    status.add_argument("--json", action="store_true", help="answer as a JSON document")
    reason = add(
        "why",
        "Tell all that was heard about an issue, pull request or repository, and what came of it.",
        _why,
    )
    reason.add_argument("subject", type=_subject, metavar="OWNER/REPO[#N]")
    reason.add_argument("--json", action="store_true", help="answer as a JSON document")
    stop = add("stop", "Stop a job, or keep every run from starting.", _stop)
    which = stop.add_mutually_exclusive_group(required=True)
    which.add_argument("job", nargs="?", metavar="JOB")
    which.add_argument("--all", action="store_true", help="no run of any job starts until `start --all`")
    start = add("start", "Let runs start again after `stop --all`.", _start)
    start.add_argument("--all", action="store_true", required=True, help="the only thing there is to start")
    add("login", "Print a link that lets you into the pages of this Handoff; it works once.", _login)
    _add_token(add("token", "Make, list or revoke the tokens by which programs use the API.", _token_list))
    add("settings", "Print every setting, as a file to fill in.", lambda _: _say(env_example()))
    add("version", "Print the version.", lambda _: _say(version("handoff")))
    return parser


def _add_token(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    create = acts.add_parser("create", help="Make a token and print it, this once.")
    revoke = acts.add_parser("revoke", help="Make a token worthless.")
    for each, run in ((create, _token_create), (revoke, _token_revoke)):
        each.add_argument("name", metavar="NAME")
        each.set_defaults(run=run)
    acts.add_parser("list", help="Show the tokens there are.").set_defaults(run=_token_list)


def _subject(text: str) -> tuple[str, int]:
    found = _SUBJECT.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither issue nor repository; write it as OWNER/REPO#N, like ada/demo#12, or OWNER/REPO"
        )
    return found[1], int(found[2] or NO_ISSUE)


def _up(_options: argparse.Namespace) -> int:
    return up(_print)


def _login(_options: argparse.Namespace) -> int:
    settings = load(SetUpSettings)
    return _say(asyncio.run(log_in(settings, settings.port, user())))


def _token_create(options: argparse.Namespace) -> int:
    return _say(asyncio.run(create_token(load(Settings), options.name)))


def _token_list(_options: argparse.Namespace) -> int:
    return _say(asyncio.run(list_tokens(load(Settings))))


def _token_revoke(options: argparse.Namespace) -> int:
    return _say(asyncio.run(revoke_token(load(Settings), options.name)))


def _status(options: argparse.Namespace) -> int:
    if there := remote():
        return _say(There(there).show_status(options.job, as_json=options.json))
    return _say(asyncio.run(show_status(load(Settings), options.job, as_json=options.json)))


def _why(options: argparse.Namespace) -> int:
    repository, number = options.subject
    if there := remote():
        return _say(There(there).explain(repository, number, as_json=options.json))
    return _say(asyncio.run(explain(load(Settings), repository, number, as_json=options.json)))


def _stop(options: argparse.Namespace) -> int:
    if options.all:
        return _switch(stopped=True)
    if there := remote():
        return _say(There(there).stop_job(options.job))
    return _say(asyncio.run(stop_job(load(Settings), options.job, user())))


def _start(_options: argparse.Namespace) -> int:
    return _switch(stopped=False)


def _switch(*, stopped: bool) -> int:
    if there := remote():
        return _say(There(there).switch_everything(stopped=stopped))
    return _say(asyncio.run(switch_everything(load(Settings), stopped=stopped, user=user())))


def _say(text: str) -> int:
    _print(text)
    return OK


def _print(text: str) -> None:
    """Print an answer, without the characters by which a title or a name could steer a terminal."""
    safe = "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
    print(safe.rstrip("\n"), flush=True)  # noqa: T201 - this is the command line


def _complain(*sentences: str | None) -> None:
    for sentence in filter(None, sentences):
        print(sentence, file=sys.stderr)  # noqa: T201 - this is the command line
