"""The changed files of a pull request, and reviewing them: comments are written beside lines and submitted as one.

All boxes for a comment on the page belong to one form, so nothing typed is lost whichever button is pressed.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from localhub.errors import Refusal
from localhub.operations.reviews import pending_of
from localhub.pages import subject, threads
from localhub.pages.acts import act
from localhub.pages.asking import form_of, hub_of
from localhub.pages.diff_view import views
from localhub.pages.issues import talk
from localhub.pages.person import acting_person
from localhub.pages.pulls import head_values
from localhub.pages.rendering import HEADERS, render
from localhub.pages.routing import page
from localhub.world.people import User
from localhub.world.pulls import Pull


@page("GET", "/{owner}/{repo}/pull/{number:int}/files")
async def _files(request: Request) -> Response:
    hub, home, pull = hub_of(request), subject.home_of(request), subject.pull_of(request)
    you = acting_person(request)
    shown = views(hub.diff(home, pull), threads.of_pull(pull, you))
    return render(
        request, "files.html", **head_values(hub, home, pull), **talk(hub, home), files=shown,
        draft=pending_of(pull, you), draft_count=len(_gathered(pull, you)),
    )  # fmt: skip


def _gathered(pull: Pull, you: User) -> list[int]:
    return [each.id for each in pull.comments if each.review.state == "PENDING" and each.author is you]


@page("GET", "/{owner}/{repo}/pull/{number:int}.diff")
async def _diff(request: Request) -> Response:
    hub, home, pull = hub_of(request), subject.home_of(request), subject.pull_of(request)
    return PlainTextResponse(hub.diff(home, pull).raw, headers=HEADERS)


@page("POST", "/{owner}/{repo}/pull/{number:int}/review")
async def _review(request: Request) -> Response:
    """Gather what was typed beside lines, or submit it all together as one review."""
    form = await form_of(request)
    pull = subject.pull_of(request)
    seen = form.get("head")
    if seen != pull.head_sha:
        told = "The pull request has new commits since you loaded this page. Go back, copy your words, and load it again."
        raise Refusal(409, told)
    comments = typed(form)
    here = f"/{subject.home_of(request).full_name}/pull/{pull.number}"
    if form.get("do") == "submit_review":
        made = act(
            request, "submit_review", number=pull.number, comments=comments, body=form.get("body", ""),
            state=form.get("state", "COMMENT"),
        )  # fmt: skip
        return RedirectResponse(f"{here}#pullrequestreview-{made['id']}", 303)
    if not comments:
        raise Refusal(
            422, "There is nothing in the box yet. Go back and write what you want to say about the line."
        )
    if form.get("do") == "comment_now":
        made = [act(request, "single_comment", number=pull.number, **_alone(each)) for each in comments]
        return RedirectResponse(f"{here}/files#discussion_r{made[-1]['id']}", 303)
    act(request, "add_to_review", number=pull.number, comments=comments)
    return RedirectResponse(f"{here}/files#discussion_r{_gathered(pull, acting_person(request))[-1]}", 303)


def typed(form: dict[str, str]) -> list[dict[str, Any]]:
    """The comments of the form: fields `c:R12:PATH`, `c:L7:PATH` (a line) and `c:F:PATH` (the whole file)."""
    comments: list[dict[str, Any]] = []
    for name, body in form.items():
        mark, _, rest = name.partition(":")
        key, _, path = rest.partition(":")
        if mark != "c" or not body.strip():
            continue
        comment: dict[str, Any] = {"path": path, "body": body}
        if key[1:].isdecimal() and key[0] in "LR":
            comment |= {"line": int(key[1:]), "side": "LEFT" if key[0] == "L" else "RIGHT"}
        else:
            comment["subject_type"] = "file"
        comments.append(comment)
    return comments


def _alone(comment: dict[str, Any]) -> dict[str, Any]:
    """The same for an act of its own: no line means the whole file."""
    return {name: value for name, value in comment.items() if name != "subject_type"}
