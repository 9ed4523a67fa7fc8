"""What every run that changes code has in common: the brief's parts, and the commit of what the agent left.

The agent's work is taken as files, never as commits, and lands in the mirror and in the ledger.
"""

from dataclasses import replace
from datetime import datetime

from app.domain.agenda import Ending
from app.domain.conversation import Question
from app.domain.job import Job, Report
from app.voice.endings import sentence
from app.voice.pull_request import commit_message
from workers.agents import outcome as outcomes
from workers.agents.brief import Check, Issue, Told
from workers.runs.caged_agent import AgentEnd
from workers.runs.source import keep_commits
from workers.runs.visit import RunVisit
from workers.tools import Tools
from workers.workspace.commit import commit_workspace, keep
from workers.workspace.mirror import Mirror


def issue_of(job: Job) -> Issue:
    """The issue as a brief shows it: as it was when it was handed over."""
    snapshot = job.snapshot
    return Issue(number=job.number, title=snapshot.title, body=snapshot.body, author=snapshot.author.login)


def checks_of(job: Job) -> list[Check]:
    """The checks as a brief lists them."""
    return [Check(check.name, check.run) for check in job.policy.checks]


def told_of(job: Job) -> list[Told]:
    """What people have decided, verbatim."""
    return [Told(a.question, a.text, a.by.login if a.by else None) for a in job.answers]


def report_of(tools: Tools, end: AgentEnd, what: str) -> Report:
    """What is known of a run from its agent's end alone: the ending, the question if there is one, the cost."""
    known = Report(
        ending=end.ending,
        because=sentence(end.ending, what, end.detail),
        cost_dollars=end.cost_dollars,
        agent=end.agent,
        cage=tools.sandbox.name,
    )
    outcome = end.outcome
    if outcome is None or end.ending is Ending.SUCCEEDED:
        return known
    asked = getattr(outcome, "question", None)
    if asked is None:
        return replace(known, because=sentence(end.ending, what, tools.redactor.redact(outcome.summary)))
    question = question_of(tools, asked)
    return replace(known, because=sentence(end.ending, what, question.text), question=question)


def question_of(tools: Tools, asked: outcomes.Question) -> Question:
    """An agent's question in our words' types, redacted."""
    redact = tools.redactor.redact
    return Question(
        text=redact(asked.question),
        options=tuple(redact(option) for option in asked.options),
        recommended=redact(asked.recommended),
        because=redact(asked.because),
    )


async def author_of(tools: Tools, visit: RunVisit) -> tuple[str, str]:
    """Return the name and the address that we commit under.

    Asked before an agent begins: an hour later GitHub may be away, and its work would be lost for want of a name.
    """

    async def asked() -> list[str]:
        bot = await tools.bot.known(visit.job.repository)
        return [bot.login, await tools.bot.email(visit.job.repository)]

    name, email = await visit.journal.once("author", asked)
    return name, email


async def commit_change(
    tools: Tools,
    visit: RunVisit,
    mirror: Mirror,
    *,
    parent: str,
    base_sha: str,
    title: str,
    summary: str,
    agent: str | None,
    merged: str | None = None,
) -> str | None:
    """Commit what was left in the files on top of `parent`; None when nothing differs from it.

    `agent` is None where git alone did it.

    Until the pull request is open a job is one commit on its base, however many runs it took.
    """
    job = visit.job
    name, email = await author_of(tools, visit)
    message = commit_message(job, subject=title, summary=summary, agent=agent)
    commit = await commit_workspace(
        visit.workspace,
        git_dir=visit.git_dir,
        mirror=mirror,
        base_sha=parent,
        message=tools.redactor.redact(message),
        author_name=name,
        author_email=email,
        # The same files make the same commit until it is published, so that a run done twice is seen once.
        at=job.opened_at if job.work.pull_request is None else await _now(tools, visit),
        merged=merged,
    )
    if commit is None:
        return None
    await keep(mirror, commit, job.id)
    await keep_commits(tools, mirror, job, base_sha=base_sha, head_sha=commit.sha)
    return commit.sha


async def _now(tools: Tools, visit: RunVisit) -> datetime:
    """Return when the run makes its commit: once it was made, the same instant for ever."""

    async def now() -> str:
        return tools.now().isoformat()

    return datetime.fromisoformat(await visit.journal.once("commit", now))
