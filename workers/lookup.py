"""Looks up what a fact deserves, and only that. What it finds is judged elsewhere."""

from dataclasses import replace

from app.domain.errors import BadConfiguration, NotFound
from app.domain.evidence import Evidence, IssueState, Look, Moved, RepositoryState, looks
from app.domain.facts import BranchPushed, EffectReported, Fact, ReviewSubmitted, RunReported
from app.domain.job import Job
from app.domain.policy import PATH, read_policy
from workers.tools import Tools


async def look_up(tools: Tools, fact: Fact) -> tuple[Job | None, Evidence]:
    """Return the open job that a fact is about, if any, and the evidence to judge the fact by.

    Raises:
        TryAgain: GitHub or the ledger cannot be asked just now.
    """
    job, earlier = await tools.ledger.job_for(fact)
    evidence = Evidence(us=tools.us, job=job, earlier_jobs=earlier)
    if isinstance(fact, RunReported):
        evidence = replace(evidence, report=await tools.ledger.run_report(fact.run))
    if isinstance(fact, EffectReported):
        evidence = replace(evidence, effect=await tools.ledger.effect_result(fact.effect))
    for look in looks(fact, tools.us, job):
        try:
            evidence = await _LOOKS[look](tools, fact, evidence)
        except NotFound as error:
            return job, replace(evidence, gone=str(error))
    return job, evidence


async def _role(tools: Tools, fact: Fact, evidence: Evidence) -> Evidence:
    return replace(evidence, role=await tools.github.at(fact.repository).code.role_of(fact.by.login))


async def _repository(tools: Tools, fact: Fact, evidence: Evidence) -> Evidence:
    code = tools.github.at(fact.repository).code
    found = await code.info()
    # GitHub's size lags behind a first push, so only a size of nothing is looked into.
    empty = found.size_kilobytes == 0 and await code.head(found.default_branch) is None
    state = RepositoryState(
        default_branch=found.default_branch,
        private=found.private,
        archived=found.archived,
        empty=empty,
        fork=found.fork,
    )
    return replace(evidence, repository=state)


async def _issue(tools: Tools, fact: Fact, evidence: Evidence) -> Evidence:
    found = await tools.github.at(fact.repository).issues.get(fact.number)
    state = IssueState(
        open=found.state == "open",
        labels=found.labels,
        title=found.title,
        body=found.body,
        is_pull_request=found.is_pull_request,
    )
    return replace(evidence, issue=state)


async def _policy(tools: Tools, fact: Fact, evidence: Evidence) -> Evidence:
    """Read the configuration from the default branch only: a branch must not configure its own judge."""
    assert evidence.repository is not None, "the repository is looked up before its configuration"
    text = await tools.github.at(fact.repository).code.file_at(PATH, evidence.repository.default_branch)
    try:
        return replace(evidence, policy=read_policy(text))
    except BadConfiguration as error:
        return replace(evidence, bad_policy=str(error))


async def _review(tools: Tools, fact: Fact, evidence: Evidence) -> Evidence:
    assert isinstance(fact, ReviewSubmitted), "looked up for reviews only"
    found = await tools.github.at(fact.repository).reviews.comments(fact.number, fact.review_id)
    return replace(evidence, review_comments=len(found))


async def _move(tools: Tools, fact: Fact, evidence: Evidence) -> Evidence:
    assert isinstance(fact, BranchPushed), "looked up for pushes only"
    ahead = await tools.github.at(fact.repository).code.leads_to(fact.before_sha, fact.head_sha)
    return replace(evidence, moved=Moved.AHEAD if ahead else Moved.REWRITTEN)


async def _offer(tools: Tools, fact: Fact, evidence: Evidence) -> Evidence:
    """Look for an earlier offer at GitHub, who remembers it longer than a ledger that was begun anew."""
    assert evidence.repository is not None, "the repository is looked up before what was offered to it"
    pulls = tools.github.at(fact.repository).pulls
    found = await pulls.find(head=tools.us.offer_branch, base=evidence.repository.default_branch)
    return replace(evidence, offered=found.number if found is not None else None)


_LOOKS = {
    Look.ROLE: _role,
    Look.REPOSITORY: _repository,
    Look.ISSUE: _issue,
    Look.POLICY: _policy,
    Look.REVIEW: _review,
    Look.MOVE: _move,
    Look.OFFER: _offer,
}
