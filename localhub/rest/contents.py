"""Files at a revision, and commits."""

import base64
from typing import Any

from localhub import present
from localhub.errors import Refusal, not_found
from localhub.present.repositories import api_url, html_url
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route


@route("GET", "/repos/{owner}/{repo}/contents/{path*}", "contents:read")
def _contents(call: Call) -> Answer:
    bare, path = call.hub.bare(call.home), call.parameters["path"].strip("/")
    revision = bare.resolve(call.query.get("ref") or call.home.default_branch)
    if revision is None:
        raise not_found()
    found = bare.file(revision, path)
    if found is not None:
        blob, content = found
        if "raw" in call.accept:
            return Answer(200, content.decode(errors="replace"), media_type="application/vnd.github.raw")
        return Answer(200, _file(call, path, revision, blob, content))
    entries = bare.listing(revision, path)
    if not entries:
        raise not_found()
    return Answer(200, [_entry(call, f"{path}/{name}", revision, kind, sha) for kind, sha, name in entries])


def _entry(call: Call, path: str, revision: str, kind: str, sha: str) -> dict[str, Any]:
    api, page = api_url(call.hub, call.home), html_url(call.hub, call.home)
    is_file = kind == "blob"
    here = f"{api}/contents/{path}?ref={revision}"
    git = f"{api}/git/{'blobs' if is_file else 'trees'}/{sha}"
    shown = f"{page}/{'blob' if is_file else 'tree'}/{revision}/{path}"
    return {
        "type": "file" if is_file else "dir",
        "size": 0,
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": sha,
        "url": here,
        "git_url": git,
        "html_url": shown,
        "download_url": f"{page}/raw/{revision}/{path}" if is_file else None,
        "_links": {"self": here, "git": git, "html": shown},
    }


def _file(call: Call, path: str, revision: str, blob: str, content: bytes) -> dict[str, Any]:
    encoded = base64.encodebytes(content).decode()
    extra = {"size": len(content), "encoding": "base64", "content": encoded}
    return _entry(call, path, revision, "blob", blob) | extra


@route("GET", "/repos/{owner}/{repo}/commits/{ref}", "contents:read")
def _commit(call: Call) -> Answer:
    bare = call.hub.bare(call.home)
    sha = bare.resolve(call.parameters["ref"])
    if sha is None:
        raise Refusal(422, f"No commit found for SHA: {call.parameters['ref']}", [])
    return Answer(200, present.commit(call.hub, call.home, bare.commit(sha)))


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/status", "statuses:read")
def _status(call: Call) -> Answer:
    """The combined status: nobody sets statuses here, so it is pending with none."""
    sha = call.hub.bare(call.home).resolve(call.parameters["ref"])
    if sha is None:
        raise not_found()
    api = api_url(call.hub, call.home)
    body = {
        "state": "pending",
        "statuses": [],
        "sha": sha,
        "total_count": 0,
        "repository": present.minimal_repository(call.hub, call.home),
        "commit_url": f"{api}/commits/{sha}",
        "url": f"{api}/commits/{sha}/status",
    }
    return Answer(200, body)


@route("GET", "/repos/{owner}/{repo}/compare/{basehead}", "contents:read")
def _compare(call: Call) -> Answer:
    """How two commits stand to each other. The changed files are left out: nobody here asks for them."""
    bare = call.hub.bare(call.home)
    before, _, after = call.parameters["basehead"].partition("...")
    base, head = bare.resolve(before), bare.resolve(after)
    merge_base = bare.merge_base(base, head) if base and head else None
    if base is None or head is None or merge_base is None:
        raise not_found()
    ahead, behind = bare.commits(f"{merge_base}..{head}"), bare.commits(f"{merge_base}..{base}")
    api, page = api_url(call.hub, call.home), html_url(call.hub, call.home)
    named = f"{base}...{head}"
    body = {
        "url": f"{api}/compare/{named}",
        "html_url": f"{page}/compare/{named}",
        "permalink_url": f"{page}/compare/{named}",
        "diff_url": f"{page}/compare/{named}.diff",
        "patch_url": f"{page}/compare/{named}.patch",
        "base_commit": present.commit(call.hub, call.home, bare.commit(base)),
        "merge_base_commit": present.commit(call.hub, call.home, bare.commit(merge_base)),
        "status": _standing(len(ahead), len(behind)),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [present.commit(call.hub, call.home, each) for each in ahead],
        "files": [],
    }
    return Answer(200, body)


def _standing(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"
