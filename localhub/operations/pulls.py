"""Opening, changing and merging pull requests."""

from collections.abc import Sequence

from localhub import present
from localhub.errors import Refusal, invalid
from localhub.git.compose import Identity, write_tree_commit
from localhub.hub import Hub
from localhub.operations import issues, signing
from localhub.operations.limits import check_body, unexpected
from localhub.operations.pushes import email_of, mark_merged, settle
from localhub.scene import Scene
from localhub.world.pulls import Pull
from localhub.world.repositories import Repository


def open_pull(scene: Scene, *, title: str, body: str, head: str, base: str, draft: bool = False) -> Pull:
    """Open a pull request between two branches of one repository (forks are not pretended)."""
    check_body("PullRequest", body)
    owner, _, branch = head.rpartition(":")
    head_sha = scene.hub.bare(scene.home).branch(branch) if owner in ("", scene.home.owner.login) else None
    base_sha = scene.hub.bare(scene.home).branch(base)
    if head_sha is None:
        raise invalid("PullRequest", "head", "invalid")
    if base_sha is None:
        raise invalid("PullRequest", "base", "invalid")
    _check_worth_opening(scene.hub, scene.home, branch, base)
    issue = issues.new_issue(scene, title, body)
    issue.is_pull = True
    pull = Pull(
        id=scene.hub.world.next_id("pull"), issue=issue, head_ref=branch, base_ref=base,
        head_sha=head_sha, base_sha=base_sha, draft=draft,
    )  # fmt: skip
    scene.home.pulls[pull.number] = pull
    scene.hub.bare(scene.home).set_ref(f"refs/pull/{pull.number}/head", head_sha)
    issues.announce(scene, issue, "opened")
    return pull


def _check_worth_opening(hub: Hub, home: Repository, branch: str, base: str) -> None:
    for pull in home.pulls.values():
        if pull.issue.open and (pull.head_ref, pull.base_ref) == (branch, base):
            told = f"A pull request already exists for {home.owner.login}:{branch}."
            raise invalid("PullRequest", None, "custom", told)
    bare = hub.bare(home)
    if not bare.commits(f"refs/heads/{base}..refs/heads/{branch}", 1):
        raise invalid("PullRequest", None, "custom", f"No commits between {base} and {branch}")
    if bare.merge_base(f"refs/heads/{base}", f"refs/heads/{branch}") is None:
        told = f"The {branch} branch has no history in common with {base}"
        raise invalid("PullRequest", None, "custom", told)


def set_draft(scene: Scene, pull: Pull, *, draft: bool) -> None:
    """Mark as draft or as ready; nothing happens when it already is so."""
    if pull.draft is draft:
        return
    pull.draft = draft
    issues.record(scene.hub, pull.issue, scene.by, "convert_to_draft" if draft else "ready_for_review")
    issues.announce(scene, pull.issue, "converted_to_draft" if draft else "ready_for_review")


def set_base(scene: Scene, pull: Pull, base: str) -> None:
    """Aim at another branch."""
    sha = scene.hub.bare(scene.home).branch(base)
    if sha is None:
        raise invalid("PullRequest", "base", "invalid")
    changes = {"base": {"ref": {"from": pull.base_ref}, "sha": {"from": pull.base_sha}}}
    pull.base_ref, pull.base_sha = base, sha
    issues.record(scene.hub, pull.issue, scene.by, "base_ref_changed")
    issues.announce(scene, pull.issue, "edited", changes=changes)


def request_reviewers(scene: Scene, pull: Pull, logins: Sequence[str]) -> None:
    """Ask people for a review: collaborators only, never the author."""
    reviewers = [scene.hub.world.user(login) for login in logins]
    if any(reviewer is pull.issue.author for reviewer in reviewers):
        raise unexpected("Review cannot be requested from pull request author.")
    for reviewer in reviewers:
        if reviewer is None or not scene.home.is_collaborator(reviewer):
            raise unexpected(
                "Reviews may only be requested from collaborators. One or more of the users or teams you "
                f"specified is not a collaborator of the {scene.home.full_name} repository."
            )
    for reviewer in reviewers:
        if reviewer is not None and reviewer not in pull.requested_reviewers:
            pull.requested_reviewers.append(reviewer)
            shape = present.user(scene.hub, reviewer)
            detail = {"review_requester": present.user(scene.hub, scene.by), "requested_reviewer": shape}
            issues.record(scene.hub, pull.issue, scene.by, "review_requested", **detail)
            issues.announce(scene, pull.issue, "review_requested", requested_reviewer=shape)


def withdraw_reviewers(scene: Scene, pull: Pull, logins: Sequence[str]) -> None:
    """Take requests back."""
    for reviewer in [each for each in pull.requested_reviewers if each.login in logins]:
        pull.requested_reviewers.remove(reviewer)
        shape = present.user(scene.hub, reviewer)
        issues.announce(scene, pull.issue, "review_request_removed", requested_reviewer=shape)


def merge(scene: Scene, pull: Pull, *, message: str | None, method: str, sha: str | None) -> str:
    """Merge (`merge` or `squash`) with a real commit; returns it."""
    bare = scene.hub.bare(scene.home)
    base, tree = scene.hub.tip(scene.home, pull.base_ref), scene.hub.merged_tree(scene.home, pull)
    if not pull.issue.open or pull.draft or base is None or tree is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if method == "rebase":
        raise Refusal(405, "Rebase merges are not allowed on this repository.")
    if sha is not None and sha != pull.head_sha:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    if method == "merge":
        signing.check_merge(bare, scene.home, pull)
    parents = [base] if method == "squash" else [base, pull.head_sha]
    text = message or f"Merge pull request #{pull.number} from {pull.head_ref}\n\n{pull.issue.title}"
    merged = write_tree_commit(
        bare, tree, parents, text, Identity(scene.by.name or scene.by.login, email_of(scene.by))
    )
    bare.mark_verified(merged)
    mark_merged(scene, pull, merged)
    bare.set_ref(f"refs/heads/{pull.base_ref}", merged)
    settle(scene)
    return merged
