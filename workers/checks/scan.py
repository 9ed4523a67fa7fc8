"""Looks at a change before it may leave: secrets on every commit, protected paths, size. Pure, over real diffs.

It never repeats a secret: a person is told the kind, the file and the line. Markers such as
`pragma: allowlist secret` are not honoured, because whoever wrote the change could have written them too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from detect_secrets.plugins.artifactory import ArtifactoryDetector
from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.basic_auth import BasicAuthDetector
from detect_secrets.plugins.discord import DiscordBotTokenDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.jwt import JwtTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.npm import NpmDetector
from detect_secrets.plugins.openai import OpenAIDetector
from detect_secrets.plugins.private_key import PrivateKeyDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector
from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
from detect_secrets.plugins.twilio import TwilioKeyDetector

from app.domain.diff import Added, added_lines
from app.domain.policy import Policy

_DETECTORS = (
    ArtifactoryDetector,
    AWSKeyDetector,
    AzureStorageKeyDetector,
    BasicAuthDetector,
    DiscordBotTokenDetector,
    GitHubTokenDetector,
    GitLabTokenDetector,
    JwtTokenDetector,
    MailchimpDetector,
    NpmDetector,
    OpenAIDetector,
    PrivateKeyDetector,
    PypiTokenDetector,
    SendGridDetector,
    SlackDetector,
    SquareOAuthDetector,
    StripeDetector,
    TelegramBotTokenDetector,
    TwilioKeyDetector,
)
"""Detectors of a known shape. The entropy ones are left out: on test fixtures they are mostly wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a change may not be pushed, in a sentence for people."""

    because: str


def scan(
    policy: Policy,
    *,
    paths: Sequence[str],
    diff: bytes | None,
    commits: Iterable[tuple[str, bytes | None]],
    only_path: str | None = None,
) -> tuple[Problem, ...]:
    """Return everything that forbids pushing. A diff is None when it is larger than may be.

    `commits` are (sha, that commit's own diff), oldest first. A change that is there to change `only_path` may do
    that, be it protected or not, and nothing else.
    """
    kept = _protected(policy, paths) if only_path is None else _strays(only_path, paths)
    return (*_too_large(policy, paths, diff), *kept, *_secrets(commits))


def _too_large(policy: Policy, paths: Sequence[str], diff: bytes | None) -> Iterator[Problem]:
    if len(paths) > policy.changed_files_limit:
        yield Problem(
            because=f"it changes {len(paths)} files, and at most {policy.changed_files_limit} are allowed"
        )
    if diff is None:
        yield Problem(
            because=f"its diff has more than the {policy.diff_bytes_limit / 1e6:.1f} MB that are allowed"
        )


def _protected(policy: Policy, paths: Sequence[str]) -> Iterator[Problem]:
    for path in paths:
        pattern = next((p for p in policy.protected_paths if _glob(p).fullmatch(path)), None)
        if pattern is not None:
            yield Problem(because=f"it changes `{path}`, which is protected (`{pattern}`)")


def _strays(only_path: str, paths: Sequence[str]) -> Iterator[Problem]:
    for path in paths:
        if path != only_path:
            yield Problem(because=f"it changes `{path}`, and nothing but `{only_path}` was to be changed")


def _secrets(commits: Iterable[tuple[str, bytes | None]]) -> Iterator[Problem]:
    for sha, diff in commits:
        if diff is None:
            yield Problem(because=f"commit `{sha[:10]}` is too large to be searched for secrets")
            continue
        for line in added_lines(diff):
            kind = secret_in(line.text)
            if kind is not None:
                yield Problem(because=_told(line, kind, sha))


def _told(line: Added, kind: str, sha: str) -> str:
    return f"`{line.path}` line {line.line} looks like it holds a secret ({kind}), in commit `{sha[:10]}`"


def secret_in(text: str) -> str | None:
    """Return the kind of secret that a line holds, or None. Lines are looked at up to 20,000 characters."""
    bounded = text[:20_000]
    return next(
        (detector.secret_type for detector in _detectors() if any(detector.analyze_string(bounded))), None
    )


@cache
def _detectors() -> tuple[RegexBasedDetector, ...]:
    return tuple(detector() for detector in _DETECTORS)


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """Return the pattern that a path must match whole: `**` crosses folders, `*` and `?` do not."""
    out = ""
    for piece in re.split(r"(\*\*/|\*\*|\*|\?)", pattern):
        out += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(piece, re.escape(piece))
    return re.compile(out)
