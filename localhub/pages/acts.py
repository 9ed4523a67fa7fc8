"""The one door through which a browser changes anything: a posted form becomes an act of the person at the page.

The act is the same as a `POST /_hub/act`, so roles and rules are the same. What is done then shows the page again.
"""

from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.control.acts import perform
from localhub.control.models import Act
from localhub.errors import Refusal
from localhub.pages import subject
from localhub.pages.asking import form_of, hub_of
from localhub.pages.person import acting_person
from localhub.pages.routing import page
from localhub.pages.tasks import ticked

FORMS: dict[str, tuple[str, ...]] = {
    "open_issue": ("title", "body"),
    "edit_issue": ("number", "title", "body"),
    "close_issue": ("number", "reason"),
    "reopen_issue": ("number",),
    "label": ("number", "label"),
    "unlabel": ("number", "label"),
    "comment": ("number", "body"),
    "edit_comment": ("comment_id", "body"),
    "delete_comment": ("comment_id",),
    "merge": ("number", "method"),
    "close_pull": ("number",),
    "reopen_pull": ("number",),
    "convert_to_draft": ("number",),
    "ready": ("number",),
    "delete_branch": ("branch",),
    "reply": ("comment_id", "body"),
    "edit_review_comment": ("comment_id", "body"),
    "resolve_thread": ("comment_id",),
    "unresolve_thread": ("comment_id",),
    "discard_review": ("number",),
    "take_back_comment": ("comment_id",),
    "dismiss_review": ("number", "review_id", "message"),
    "rerequest_check": ("check_run_id",),
    "press_button": ("check_run_id", "identifier"),
}
"""What a form may ask for, and the fields that count."""


@page("POST", "/{owner}/{repo}/act")
async def _act(request: Request) -> Response:
    """Do what the form says, then show the page it came from."""
    form = await form_of(request)
    subject.home_of(request)
    if "tick" in form:
        form |= _ticking(request, form)
    asked = form.get("do", "")
    if asked not in FORMS:
        raise Refusal(422, f"No form of these pages asks to {asked or 'do nothing'}.", [])
    if asked in ("close_issue", "close_pull", "reopen_issue", "reopen_pull") and form.get("body", "").strip():
        act(request, "comment", number=form.get("number"), body=form["body"])
    fields = {name: form[name] for name in FORMS[asked] if form.get(name)}
    return after(form, act(request, asked, **fields))


def act(request: Request, verb: str, **fields: Any) -> Any:
    """Do something as the person at the page, in the repository of the page.

    Raises:
        Refusal: the person may not, or it cannot be done.
    """
    try:
        asked = Act(
            by=acting_person(request).login, do=verb, repository=subject.home_of(request).full_name, **fields
        )
    except ValidationError as error:
        wrong = ", ".join(str(each["loc"][0]) for each in error.errors())
        raise Refusal(422, f"The form has something else than it should in: {wrong}.", []) from error
    return perform(hub_of(request), asked)


def after(form: dict[str, str], made: Any) -> Response:
    """Show the page again, at what was made if it has an anchor; a new issue has a page of its own."""
    address = urlsplit(str(made.get("html_url", ""))) if isinstance(made, dict) else urlsplit("")
    back = inside(form.get("back", ""))
    if form.get("do") == "open_issue":
        back = address.path
    elif address.fragment:
        back = f"{back.partition('#')[0]}#{address.fragment}"
    return RedirectResponse(back or "/", 303)


def inside(address: str) -> str:
    """An address on this hub; anything else becomes the first page."""
    local = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if local and address.isprintable() else "/"


def _ticking(request: Request, form: dict[str, str]) -> dict[str, str]:
    """The edit that a tick in a task list is."""
    home, number = subject.home_of(request), form.get("comment_id", "")
    text, verb = subject.text_named(home, form.get("of", ""), number or form.get("number", ""))
    if text is None:
        raise Refusal(404, "There is no such comment any more. Load the page again.")
    body = ticked(text.body, form["tick"])
    if body is None:
        told = (
            "The text has changed since you loaded the page. Go back, load it again, and tick the box there."
        )
        raise Refusal(409, told)
    return {"do": verb, "body": body}


def sentence(refusal: Refusal) -> str:
    """A refusal as one or more full sentences."""
    details = []
    for each in refusal.errors or ():
        if isinstance(each, str):
            details.append(each)
        elif isinstance(each, dict):
            plain = f"{each.get('field', each.get('resource', 'it'))} is {each.get('code', 'wrong')}"
            details.append(str(each.get("message") or plain.replace("_", " ")))
    words = [f"{text.rstrip('.')}." for text in details] or [f"{refusal.message.rstrip('.')}."]
    return " ".join(dict.fromkeys(words))
