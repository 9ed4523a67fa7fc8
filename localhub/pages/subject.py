"""What a page is about, looked up as the person in the browser: out of reach is the same as absent."""

from functools import cache

from starlette.requests import Request

from localhub.errors import Refusal
from localhub.hub import Hub
from localhub.pages.asking import hub_of
from localhub.pages.markdown import Refer
from localhub.pages.person import acting_person
from localhub.world.issues import Issue, Text
from localhub.world.people import Role
from localhub.world.pulls import Pull
from localhub.world.repositories import Repository


def home_of(request: Request) -> Repository:
    """The repository of the address; raises Refusal 404."""
    owner, name = request.path_params["owner"], request.path_params["repo"]
    found = hub_of(request).world.repository(owner, name)
    you = acting_person(request)
    if found is None or found.role_of(you) is Role.NONE:
        told = f"There is no repository {owner}/{name} that {you.login} may see."
        raise Refusal(404, f"{told} If it is a private one, be somebody else with the menu at the top.")
    return found


def issue_of(request: Request) -> Issue:
    """The issue (or pull request) of the address; raises Refusal 404."""
    home, number = home_of(request), request.path_params["number"]
    if number not in home.issues:
        raise Refusal(404, f"There is no issue {number} in {home.full_name}.")
    return home.issues[number]


def pull_of(request: Request) -> Pull:
    """The pull request of the address; raises Refusal 404."""
    home, number = home_of(request), request.path_params["number"]
    if number not in home.pulls:
        raise Refusal(404, f"There is no pull request {number} in {home.full_name}.")
    return home.pulls[number]


def text_named(home: Repository, kind: str, number: str) -> tuple[Text | None, str]:
    """A text by its kind (`issue`, `comment`, `review_comment`) and number, and the verb that edits it."""
    wanted = int(number) if number.isdecimal() else 0
    match kind:
        case "issue":
            return home.issues.get(wanted), "edit_issue"
        case "comment":
            found = home.find_comment(wanted)
            return (None if found is None else found[1]), "edit_comment"
        case _:
            every = (comment for _, comment in home.review_comments() if comment.id == wanted)
            return next(every, None), "edit_review_comment"


def references(hub: Hub, home: Repository) -> Refer:
    """Where `#12`, `@ada` and `1a2b3c4d5e` lead to in a repository's texts."""

    @cache
    def refer(word: str) -> str | None:
        if word.startswith("@"):
            user = hub.world.user(word[1:])
            app = hub.world.app_by_slug(word[1:].lower())
            return f"/{user.login}" if user else f"/apps/{app.slug}" if app else None
        if not word.startswith("#"):
            commit = hub.bare(home).resolve(word)
            return commit and f"/{home.full_name}/commit/{commit}"
        issue = home.issues.get(int(word[1:]))
        if issue is None:
            return None
        return f"/{home.full_name}/{'pull' if issue.is_pull else 'issues'}/{issue.number}"

    return refer
