"""The REST surface: thin handlers over the operations. Importing it registers every route."""

from localhub.rest import (
    apps,
    checks,
    comments,
    contents,
    deliveries,
    git_data,
    issues,
    labels,
    meta,
    pulls,
    reactions,
    repositories,
    review_comments,
    reviews,
    user,
)
from localhub.rest.routing import find

__all__ = [
    "apps", "checks", "comments", "contents", "deliveries", "find", "git_data", "issues", "labels", "meta", "pulls",
    "reactions", "repositories", "review_comments", "reviews", "user",
]  # fmt: skip
