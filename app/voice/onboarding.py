"""The pull request *Configure Handoff*: what I found out about a repository, what each command said, what merging does."""

from collections.abc import Sequence

from app.domain.admit_installation import TITLE
from app.domain.job import CheckResult, Job
from app.domain.offer import Offer, could_run
from app.domain.policy import PATH
from app.voice.text import cell, code, fenced, folded, one_line, within

NAMES_MAX = 10
LABEL_COLOR = "2f6f4f"
LABEL_DESCRIPTION = "Hand this issue over to Handoff"


def title() -> str:
    """The title of the pull request, and of its one commit."""
    return TITLE


def commit_message() -> str:
    """The message of the commit. No agent took part, and no issue asked for it."""
    return (
        f"{TITLE}\n\nSay how this repository is set up and checked. Each command was run on the commit before this "
        "one.\n"
    )


def body(job: Job, *, label: str) -> str:
    """The pull request's body: the results first, then the commands, what follows, and how to say no."""
    offer = Offer.of(job.work.checks or ())
    parts = [
        f"**{_headline(job, offer)}**",
        _what(job, offer),
        _table(offer),
        _why(job, offer),
        _red(job, offer),
        _unusable(offer),
        *_outputs(offer),
        _next(job, label),
    ]
    return within("\n\n".join(part for part in parts if part))


def _headline(job: Job, offer: Offer) -> str:
    """The results in a sentence: *Setup 14 s; `tests`: 212 passed in 31 s; `main` is red in 3: …*."""
    if not offer.checks:
        return (
            "I found nothing here that says how this repository is tested, so please name its commands below."
        )
    seconds = sum(step.seconds for step in offer.setup)
    said = [f"setup {'' if offer.set_up else 'failed after '}{_seconds(seconds)}"] if offer.setup else []
    said += [f"`{check.name}`: {_in_short(check)} in {_seconds(check.seconds)}" for check in offer.usable]
    said += [f"`{check.name}` could not be run" for check in offer.unusable]
    if offer.red:
        said.append(f"`{_base(job)}` is red in {_how_red(offer.red)}: I judge only new failures")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def _in_short(check: CheckResult) -> str:
    if check.counted:
        return one_line(check.summary, 80)
    return "passed" if check.passed else f"failed ({check.exit_code})"


def _how_red(red: Sequence[CheckResult]) -> str:
    """How many tests fail already, and which checks do that do not name any."""
    count = sum(len(check.failed_tests) for check in red)
    said = [f"{count} {'test' if count == 1 else 'tests'}"] if count else []
    return " and ".join([*said, *(f"`{check.name}`" for check in red if not check.failed_tests)])


def _what(job: Job, offer: Offer) -> str:
    where = f"on `{_base(job)}` at `{(job.work.base_sha or '')[:10]}`"
    tried = f" I ran each command {where}, in a fresh clone {_caged(job)}:" if offer.checks else ""
    return (
        f"This adds one file, `{PATH}`. It says how I set this repository up, and what I run to judge a change "
        f"before you see it.{tried}"
    )


def _caged(job: Job) -> str:
    """Where they ran; a missing cage is said, because what they are made of is a stranger's code."""
    if "none" not in job.work.cages:
        return "and a cage"
    return "**without a cage** (`HANDOFF_CAGE=none`; whoever runs this Handoff had better install bubblewrap)"


def _table(offer: Offer) -> str:
    rows = [
        f"| `{cell(check.command, 120)}` | {_result(check)} | {cell(check.summary)} | {_seconds(check.seconds)} |"
        for check in (*offer.setup, *offer.checks)
    ]
    return "\n".join(["| command | result | it said | time |", "|---|---|---|---|", *rows]) if rows else ""


def _result(check: CheckResult) -> str:
    if check.passed:
        return "passed"
    return f"**failed** ({check.exit_code})" if could_run(check) else "could not be run"


def _why(job: Job, offer: Offer) -> str:
    if not offer.checks:
        return ""
    listed = "\n".join(f"- {one_line(sentence, 200)}" for sentence in job.work.detected or ())
    return f"Why these:\n\n{listed}" if listed else ""


def _red(job: Job, offer: Offer) -> str:
    if not offer.red:
        return ""
    names = [name for check in offer.red for name in check.failed_tests]
    listed = [f"- `{one_line(name, 160)}`" for name in names[:NAMES_MAX]]
    if len(names) > NAMES_MAX:
        listed.append(f"- and {len(names) - NAMES_MAX} more")
    told = (
        f"`{_base(job)}` is red already, and that is no change's fault: what fails there too never stands in a change's "
        "way. You can leave it so, or hand it to me as an issue."
    )
    return "\n".join([told, *(["", *listed] if listed else [])])


def _unusable(offer: Offer) -> str:
    if not offer.set_up:
        return (
            f"`{one_line(offer.setup[-1].command, 160)}` failed, so I ran no check, and the file has all of them as "
            "comments. Please say in the file how this repository is set up; if a program is missing where I work, "
            "whoever runs this Handoff can install it. Then take the `#` away."
        )
    if not offer.unusable:
        return ""
    names = ", ".join(f"`{check.name}`" for check in offer.unusable)
    return (
        f"{names} could not be run on the machine that I work on, so the file has "
        f"{'it' if len(offer.unusable) == 1 else 'them'} as a comment. Whoever runs this Handoff can install what is "
        "missing there; then take the `#` away."
    )


def _outputs(offer: Offer) -> list[str]:
    """The end of what the failed ones wrote, for whoever wants to know."""
    return [
        folded(f"What {code(check.command)} wrote", fenced(check.tail))
        for check in (*offer.setup, *offer.checks)
        if not check.passed and check.tail
    ]


def _next(job: Job, label: str) -> str:
    return (
        "**What you can do now**\n\n"
        f"- **Merge it**, then put the label `{label}` on an issue: I write the change, run these checks on it, and "
        "open a pull request for you.\n"
        f"- **Not wait for it**: the label works already. Until `{_base(job)}` has the file I go by what I find in the "
        "repository, as I did here.\n"
        f"- **Change it**: edit the file here on GitHub, or push to `{job.work.branch}`. From now on I leave this "
        "branch to you.\n"
        "- **Decline**: close this pull request, and I will not ask again.\n\n"
        "---\n_No agent took part in this: I looked at the repository and ran what it says. Handoff never merges._"
    )


def _base(job: Job) -> str:
    return job.snapshot.default_branch


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 1 or not seconds else "less than 1 s"
