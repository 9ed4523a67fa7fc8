"""The JSON shapes of GitHub's API, complete enough for its OpenAPI. Values in, JSON out; decides nothing."""

from localhub.present.apps import app, delivery, delivery_item, hook_config, installation, token
from localhub.present.checks import annotation, check_run
from localhub.present.commits import branch, commit, diff_entry, git_commit, git_ref
from localhub.present.issues import (
    comment,
    issue,
    issue_event,
    label,
    reaction,
    reaction_rollup,
    timeline_comment,
)
from localhub.present.people import collaborator, public_user, user
from localhub.present.pulls import pull, pull_minimal, pull_simple
from localhub.present.repositories import activity, full_repository, minimal_repository, repository
from localhub.present.reviews import review, review_comment, review_event

__all__ = [
    "activity", "annotation", "app", "branch", "check_run", "collaborator", "comment", "commit", "delivery", "delivery_item",
    "diff_entry", "full_repository", "git_commit", "git_ref", "hook_config", "installation", "issue", "issue_event", "label",
    "minimal_repository", "public_user", "pull", "pull_minimal", "pull_simple", "reaction", "reaction_rollup",
    "repository", "review", "review_comment", "review_event", "timeline_comment", "token", "user",
]  # fmt: skip
