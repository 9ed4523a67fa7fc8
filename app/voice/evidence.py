"""The evidence that a fix run gets: what blocks the change, as it was seen. Plain text, for a fenced block."""

from app.domain.job import CheckResult, Job
from app.voice.denied import denied_hosts

TAIL_CHARACTERS = 4_000


def what_stands_in_the_way(job: Job) -> str:
    """Everything that blocks this change now, most telling first."""
    parts = [_check(check) for check in job.work.checks or () if check.blocker]
    parts += [f"{f.path}:{f.line or ''} {f.title}\n{f.body}" for f in job.work.weakened or ()]
    parts += [f"It may not be published: {problem}." for problem in job.problems]
    return "\n\n".join(parts) or job.because


def _check(check: CheckResult) -> str:
    lines = "\n".join(check.failing_lines)
    told = f"The lines that say what failed:\n{lines}\n\n" if lines else ""
    denied = f"{denied_hosts(check.denied)}\n\n" if check.denied else ""
    return f"$ {check.command}\n{check.summary}\n\n{denied}{told}The end of its output:\n{check.tail[-TAIL_CHARACTERS:]}"
