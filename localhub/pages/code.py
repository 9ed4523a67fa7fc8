"""Code: a commit, a comparison, a file. To look at, never to change."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from localhub.errors import Refusal
from localhub.git.diff import Diff, compute
from localhub.pages import subject
from localhub.pages.asking import hub_of
from localhub.pages.diff_view import MOST_LINES, views
from localhub.pages.issues import talk
from localhub.pages.pulls import latest_checks
from localhub.pages.rendering import render
from localhub.pages.routing import page

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@page("GET", "/{owner}/{repo}/commit/{sha}")
async def _commit(request: Request) -> Response:
    hub, home, sha = hub_of(request), subject.home_of(request), request.path_params["sha"]
    bare = hub.bare(home)
    whole = bare.resolve(sha)
    if whole is None:
        raise Refusal(404, f"There is no commit {sha} in {home.full_name}.")
    commit = bare.commit(whole)
    diff = compute(bare, commit.parents[0] if commit.parents else EMPTY_TREE, whole)
    return render(
        request, "commit.html", home=home, commit=commit, files=views(diff), checks=latest_checks(home, whole),
        **talk(hub, home),
    )  # fmt: skip


@page("GET", "/{owner}/{repo}/runs/{number:int}")
async def _check_run(request: Request) -> Response:
    """A check run is shown with its commit."""
    home, number = subject.home_of(request), request.path_params["number"]
    run = next((each for each in home.checks if each.id == number), None)
    if run is None:
        raise Refusal(404, f"There is no check run {number} in {home.full_name}.")
    return RedirectResponse(f"/{home.full_name}/commit/{run.head_sha}#check-{run.id}")


@page("GET", "/{owner}/{repo}/compare/{ends:path}")
async def _compare(request: Request) -> Response:
    hub, home = hub_of(request), subject.home_of(request)
    old, _, new = request.path_params["ends"].partition("...")
    bare = hub.bare(home)
    before, after = bare.resolve(old), bare.resolve(new)
    base = bare.merge_base(before, after) if before and after else None
    if base is None or after is None:
        raise Refusal(404, f"There is nothing to compare between {old} and {new} in {home.full_name}.")
    diff: Diff = compute(bare, base, after)
    return render(request, "compare.html", home=home, old=old, new=new, files=views(diff), **talk(hub, home))


@page("GET", "/{owner}/{repo}/tree/{branch:path}")
async def _tree(request: Request) -> Response:
    """There is no page of folders: the repository's page says how to clone it."""
    return RedirectResponse(f"/{subject.home_of(request).full_name}")


@page("GET", "/{owner}/{repo}/blob/{place:path}")
async def _blob(request: Request) -> Response:
    """A file at a commit or on a branch without a slash in its name: `blob/REVISION/PATH`."""
    hub, home = hub_of(request), subject.home_of(request)
    revision, _, path = request.path_params["place"].partition("/")
    found = hub.bare(home).file(revision, path) if path else None
    if found is None:
        raise Refusal(404, f"There is no file {path} at {revision} in {home.full_name}.")
    text = found[1].decode(errors="replace")
    lines = text.split("\n")[:MOST_LINES]
    return render(request, "blob.html", home=home, revision=revision, path=path, lines=lines)
