"""Pull requests and commits: title, body and message. The first words say what was proved, not what was meant."""

from app.domain.job import CheckResult, Job
from app.voice.comments import NO_CAGE
from app.voice.text import cell, folded, one_line, prose, within

TITLE_LIMIT = 72


def title(job: Job) -> str:
    """The pull request's title: what the agent called it, or the issue's own title."""
    return one_line(job.work.title or job.snapshot.title, TITLE_LIMIT)


def body(job: Job, *, template: str | None = None) -> str:
    """The pull request's body: what, why, how it was checked; then the repository's own template, if it has one."""
    parts = [
        _proof(job),
        f"## What\n\n{prose(job.work.summary or 'The agent left no summary.')}",
        f"## Why\n\n{prose(job.work.why or job.snapshot.title)}\n\nFixes #{job.number}",
        f"## How it was checked\n\n{_checked(job)}",
    ]
    if template and template.strip():
        parts.append(folded("The template of this repository", template.strip()))
    parts.append(_by(job))
    if "none" in job.work.cages:
        parts.append(NO_CAGE)
    return within("\n\n".join(parts))


def _proof(job: Job) -> str:
    """The first line: what running the change's own tests showed, and then what the checks say."""
    shown = _shown_by_tests(job)
    return f"{shown} {_checks_say(job.work.checks)}" if shown else _checks_say(job.work.checks)


def _shown_by_tests(job: Job) -> str:
    proof = job.work.proof
    if proof is None or not proof.green_on_head:
        return ""
    main = f"`{job.snapshot.default_branch}`"
    names = ", ".join(f"`{one_line(name, 120)}`" for name in proof.names or proof.tests)
    one = len(proof.names or proof.tests) == 1
    if proof.red_on_base and proof.red_reversed:
        again = "fails again" if one else "fail again"
        return f"**{names} {'fails' if one else 'fail'} on {main}, {'passes' if one else 'pass'} here, and {again} with the change taken back.** Run by Handoff."
    return f"The tests in {names} pass on {main} as well, so they do not prove this change."


def _checks_say(checks: tuple[CheckResult, ...] | None) -> str:
    if not checks:
        return "**No checks are configured here, so nothing was run on this change.** Add `checks:` to `.github/handoff.yml`."
    green = [check for check in checks if check.passed or check.flaky]
    names = ", ".join(f"`{check.name}`" for check in green)
    said = [
        f"**{names} {'passes' if len(green) == 1 else 'pass'} on this commit**, run by Handoff in a fresh clone, not by the agent."
    ]
    said += [
        f"`{check.name}` was red first and green when it was run again, so it is flaky."
        for check in checks
        if check.flaky
    ]
    said += [
        f"`{check.name}` is red on the base as well, so I do not hold it against this change."
        for check in checks
        if check.red_on_base
    ]
    return " ".join(said if green else said[1:])


def _checked(job: Job) -> str:
    rows = [
        f"| `{cell(check.command, 120)}` | {'passed' if check.passed else '**failed**'} | {cell(check.summary)} | {check.seconds:.0f} s |"
        for check in job.work.checks or ()
    ]
    table = "\n".join(["| command | result | it said | time |", "|---|---|---|---|", *rows]) if rows else ""
    told = prose(job.work.how_checked or "")
    said = f"The agent says: {told}" if told else ""
    return (
        "\n\n".join(part for part in (table, *(job.work.detected or ()), said) if part) or "Nothing was run."
    )


def _by(job: Job) -> str:
    agents = ", ".join(f"`{name}`" for name in job.work.agents) or "an agent"
    return f"---\n_Written by {agents} for @{job.snapshot.asked_by.login}, who handed over #{job.number}. Handoff never merges._"


def commit_message(job: Job, *, subject: str | None, summary: str | None, agent: str | None) -> str:
    """The message of our commit: an imperative subject, the reason, and who helped.

    `Assisted-by: AGENT:MODEL` is the form of the Linux kernel (Documentation/process/coding-assistants.rst).
    Nobody's sign-off is ever given for them.
    """
    head = one_line(subject or job.snapshot.title, TITLE_LIMIT)
    lines = [
        head,
        "",
        prose(summary or "", 2_000),
        "",
        f"Refs #{job.number}",
        *([f"Assisted-by: {one_line(agent, 120)}"] if agent else []),
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n") + "\n"
