"""What follows when branches move, whoever moved them: events, synchronized and closed pull requests."""

from typing import Any, Literal

from localhub import clock, present
from localhub.git.bare import ZERO, Commit
from localhub.hub import Hub
from localhub.operations import outdate
from localhub.operations.issues import announce, record, set_open
from localhub.scene import Scene
from localhub.webhooks.emit import emit
from localhub.world.people import User
from localhub.world.pulls import Pull
from localhub.world.repositories import Activity, Repository

COMMITS_IN_EVENT = 20


def settle(scene: Scene) -> list[str]:
    """Tell whatever moved since the last time, and return those refs: each move is told once."""
    before, after = scene.home.refs, scene.hub.bare(scene.home).refs()
    scene.home.refs = after
    changed = [ref for ref in sorted({*before, *after}) if before.get(ref) != after.get(ref)]
    for ref in changed:
        _moved_one(scene, ref, before.get(ref, ZERO), after.get(ref, ZERO))
    return changed


def _moved_one(scene: Scene, ref: str, old: str, new: str) -> None:
    scene.home.pushed_at = clock.now()
    _tell(scene, ref, old, new)
    branch = ref.removeprefix("refs/heads/")
    if branch == ref:
        return
    _remember(scene, ref, old, new)
    for pull in [each for each in scene.home.pulls.values() if each.issue.open]:
        if pull.head_ref == branch:
            _head_moved(scene, pull, new)
        elif (
            pull.base_ref == branch
            and new != ZERO
            and scene.hub.bare(scene.home).is_ancestor(pull.head_sha, new)
        ):
            mark_merged(scene, pull, new)


def _remember(scene: Scene, ref: str, old: str, new: str) -> None:
    kind: Literal["push", "force_push", "branch_creation", "branch_deletion"] = "push"
    if ZERO in (old, new):
        kind = "branch_creation" if old == ZERO else "branch_deletion"
    elif not scene.hub.bare(scene.home).is_ancestor(old, new):
        kind = "force_push"
    number = scene.hub.world.next_id("activity")
    moved = Activity(id=number, actor=scene.by, ref=ref, before=old, after=new, kind=kind)
    scene.home.activities.append(moved)


def _tell(scene: Scene, ref: str, old: str, new: str) -> None:
    created, deleted = old == ZERO, new == ZERO
    kind = "tag" if ref.startswith("refs/tags/") else "branch"
    name = ref.split("/", 2)[2]
    if created or deleted:
        fields: dict[str, Any] = {"ref": name, "ref_type": kind, "pusher_type": "user"}
        if created:
            fields |= {"master_branch": scene.home.default_branch}
        emit(scene, "create" if created else "delete", None, **fields)
    bare = scene.hub.bare(scene.home)
    if deleted:
        commits: list[Commit] = []
    else:
        commits = bare.commits(f"{old}..{new}" if not created else f"{new}^!", COMMITS_IN_EVENT)
    forced = not created and not deleted and not bare.is_ancestor(old, new)
    listed = [_commit(scene.hub, scene.home, each) for each in commits]
    emit(scene, "push", None,
        ref=ref, before=old, after=new, created=created, deleted=deleted, forced=forced, base_ref=None,
        compare=f"{scene.hub.url}/{scene.home.full_name}/compare/{old[:12]}...{new[:12]}", commits=listed,
        head_commit=listed[-1] if listed else None, pusher={"name": scene.by.login, "email": email_of(scene.by)},
    )  # fmt: skip


def email_of(by: User) -> str:
    """The address GitHub gives an account for its commits."""
    return f"{by.id}+{by.login}@{present.commits.NOREPLY}"


def _commit(hub: Hub, home: Repository, it: Commit) -> dict[str, Any]:
    return {
        "id": it.sha,
        "tree_id": it.tree,
        "distinct": True,
        "message": it.message,
        "timestamp": it.committer_date.isoformat(),
        "url": f"{hub.url}/{home.full_name}/commit/{it.sha}",
        "author": {"name": it.author_name, "email": it.author_email},
        "committer": {"name": it.committer_name, "email": it.committer_email},
    }


def _head_moved(scene: Scene, pull: Pull, new: str) -> None:
    if new == ZERO:
        set_open(scene, pull.issue, opened=False)
        return
    old, pull.head_sha = pull.head_sha, new
    bare = scene.hub.bare(scene.home)
    bare.set_ref(f"refs/pull/{pull.number}/head", new)
    pull.base_sha = bare.branch(pull.base_ref) or pull.base_sha
    outdate.move_comments(scene.hub, scene.home, pull, old)
    outdate.move_reviews(pull, rewritten=not bare.is_ancestor(old, new))
    announce(scene, pull.issue, "synchronize", before=old, after=new)


def mark_merged(scene: Scene, pull: Pull, merge_commit: str) -> None:
    """The pull request's commits are in its base: it is closed as merged, and closes what it fixes."""
    scene.hub.diff(scene.home, pull)
    pull.merged_at, pull.merged_by, pull.merge_commit_sha = clock.now(), scene.by, merge_commit
    record(scene.hub, pull.issue, scene.by, "merged")
    set_open(scene, pull.issue, opened=False)
    if pull.base_ref == scene.home.default_branch:
        for number in outdate.closing_numbers(pull.issue.body):
            fixed = scene.home.issues.get(number)
            if fixed is not None and not fixed.is_pull:
                set_open(scene, fixed, opened=False)
