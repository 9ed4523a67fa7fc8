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
from app.cli.everything import switch_everything
from app.cli.example import env_example
from app.cli.ledger import explain, show_status, stop_job
from app.cli.processes import become
from app.cli.remote import There
from app.cli.secret import list_all, remove_one, set_one
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
    given = list(sys.argv[1:] if arguments is None else arguments)
    options, rest = parser.parse_known_args(given)
    if rest and not options.passes_on:
        parser.error(f"I do not know what {rest[0]} means here")
    options.rest = given[1:]  # as it was written: a parser would keep a `--` to itself
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
    add(
        "cage",
        "Run a command in the cage, and say whether it was contained: cage try -- COMMAND; --json for programs.",
        lambda options: become("cage", options.rest),
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
    stop = add("stop", "Stop a job, or everything.", _stop)
    which = stop.add_mutually_exclusive_group(required=True)
    which.add_argument("job", nargs="?", metavar="JOB")
    which.add_argument("--all", action="store_true", help="end every run, and start none until `start --all`")
    start = add(
        "start", "Let runs start again after `stop --all`, or after Handoff has paused itself.", _start
    )
    start.add_argument("--all", action="store_true", required=True, help="the only thing there is to start")
    add("login", "Print a link that lets you into the pages of this Handoff; it works once.", _login)
    _add_token(add("token", "Make, list or revoke the tokens by which programs use the API.", _token_list))
    _add_secret(add("secret", "Set, list or remove the secrets that a repository's checks get.", _secret))
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


def _add_secret(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    listing = acts.add_parser("list", help="Show the names that are set.")
    setting = acts.add_parser("set", help="Set one; its value is read from standard input.")
    removing = acts.add_parser("remove", help="Remove one.")
    for each, does in ((listing, list_all), (setting, set_one), (removing, remove_one)):
        each.add_argument("repository", metavar="OWNER/REPO")
        if each is not listing:
            each.add_argument("name", metavar="NAME")
        each.set_defaults(does=does)


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


def _secret(options: argparse.Namespace) -> int:
    name = (options.name,) if "name" in options else ()
    return _say(options.does(load(Settings), options.repository, *name))


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
    return asyncio.run(_switch_here(stopped=stopped))


async def _switch_here(*, stopped: bool) -> int:
    done = await switch_everything(load(Settings), stopped=stopped, user=user())
    _print(done.text)
    if done.hanging:  # a thread that waits for a lock of the database would keep us for minutes
        os._exit(done.code)
    return done.code


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
