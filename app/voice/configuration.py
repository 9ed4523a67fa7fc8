"""The text of the `.github/handoff.yml` that we offer: the commands that were tried, each with a comment that says why."""

from collections.abc import Sequence

import yaml

from app.domain.job import CheckResult
from app.domain.offer import Offer, could_run
from app.domain.policy import Policy
from app.voice.text import one_line

_HEAD = """\
# How Handoff works in this repository. Every line is yours to change.
# Only what stands here on the default branch counts: a pull request cannot change how it is judged itself."""

_PRESET = """\
# The limits and protected paths to begin with: prototype (much may change at once), standard, or cautious (small
# changes only, and what is costly to undo stays with people).
preset: standard"""

_SETUP = """\
# Run before the checks, in a fresh clone, by a shell, from the root. $HOME is an empty folder that the checks see too."""

_CHECKS = """\
# What says whether a change is good: exit code 0 and nothing else. Each may take `timeout_seconds`, 900 unless it says so."""

_EXAMPLE_SETUP = """\
# setup:
# - npm ci"""

_EXAMPLE_CHECKS = """\
# checks:
# - name: tests
#   run: npm test
#   timeout_seconds: 600"""


def configuration(offer: Offer, because: Sequence[str]) -> str:
    """Return the file. `because` has a sentence for each check, in their order; what could not be run is a comment."""
    parts = [_HEAD, _PRESET, f"{_SETUP}\n{_setup(offer)}", f"{_CHECKS}\n{_checks(offer, because)}", _more()]
    return "\n\n".join(parts) + "\n"


def _setup(offer: Offer) -> str:
    if not offer.setup:
        return f"# Nothing has to be set up here, as far as I can see.\n{_EXAMPLE_SETUP}"
    if offer.set_up:
        return _entries("setup", [step.command for step in offer.setup])
    failed = offer.setup[-1]
    told = f"# It failed where I tried it, so it is left out: {_plain(failed.summary)}"
    return f"{told}\n{_commented(_entries('setup', [step.command for step in offer.setup]))}"


def _checks(offer: Offer, because: Sequence[str]) -> str:
    if not offer.checks:
        return f"# Nothing in the repository says how it is tested, so please name its commands.\n{_EXAMPLE_CHECKS}"
    why = dict(zip((check.name for check in offer.checks), because, strict=False))
    usable = [_check(check, why.get(check.name, "")) for check in offer.usable]
    unusable = [_commented(_check(check, why.get(check.name, ""))) for check in offer.unusable]
    key = (
        ["checks:"]
        if usable
        else ["# As long as this is a comment I look for them myself, each time.", "# checks:"]
    )
    return "\n".join([*key, *usable, *unusable])


def _check(check: CheckResult, why: str) -> str:
    said = "On the default branch" if could_run(check) else "It could not be run where I tried it"
    entry = _entries("", [{"name": check.name, "run": check.command}])
    return f"# {_plain(f'{why} {said}: {check.summary}')}\n{entry}"


def _plain(text: str) -> str:
    """Return a text as a comment: one line, and nothing in it that YAML takes for no text at all."""
    return one_line("".join(letter if letter.isprintable() else " " for letter in text), 200)


def _entries(key: str, entries: Sequence[object]) -> str:
    lines: str = yaml.safe_dump(list(entries), sort_keys=False, width=10_000, allow_unicode=True).rstrip("\n")
    return f"{key}:\n{lines}" if key else lines


def _commented(text: str) -> str:
    return "\n".join(line if line.startswith("#") else f"# {line}" for line in text.splitlines())


def _more() -> str:
    usual = Policy()
    return (
        "# More that can be said; what stands here is what counts without it.\n"
        "# protected_paths:  # besides workflows, CODEOWNERS and this file: what I must never change\n"
        "# - migrations/**\n"
        "# limits:\n"
        f"#   changed_files: {usual.changed_files_limit}\n"
        f"#   run_minutes: {usual.run_timeout_seconds // 60}"
    )
