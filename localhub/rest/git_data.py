"""The git-data API: blobs, trees, commits and refs, and the rules of branches.

A commit that an App makes without naming author or committer is signed by GitHub, and so verified
(https://docs.github.com/authentication/managing-commit-signature-verification).
"""

import base64
import binascii
from typing import Any

from localhub import present
from localhub.errors import Refusal, not_found, out_of_reach, required
from localhub.git.bare import GitFailed
from localhub.git.compose import Identity
from localhub.git.objects import Entry, write_blob, write_commit_object, write_tree
from localhub.operations import pushes, signing
from localhub.permissions import allows
from localhub.present.repositories import api_url
from localhub.rest.call import Answer, Call
from localhub.rest.routing import route

GIT = "/repos/{owner}/{repo}/git"
_WORKFLOWS = ".github/workflows/"
_MALFORMED = {"", ".", "..", ".git"}


@route("POST", f"{GIT}/blobs", "contents:write")
def _create_blob(call: Call) -> Answer:
    asked = call.document
    required(asked, "Blob", "content")
    content = asked["content"].encode()
    if asked.get("encoding", "utf-8") == "base64":
        try:
            content = base64.b64decode(asked["content"], validate=True)
        except binascii.Error as error:
            raise Refusal(422, "content is not valid Base64", []) from error
    sha = write_blob(call.hub.bare(call.home), content)
    return Answer(201, {"sha": sha, "url": f"{api_url(call.hub, call.home)}/git/blobs/{sha}"})


@route("POST", f"{GIT}/trees", "contents:write")
def _create_tree(call: Call) -> Answer:
    bare, asked = call.hub.bare(call.home), call.document
    required(asked, "Tree", "tree")
    entries = [_entry(call, each) for each in asked["tree"]]
    if not entries:
        raise Refusal(422, "Invalid tree info", [])
    try:
        sha = write_tree(bare, asked.get("base_tree"), entries)
    except GitFailed as failure:
        raise Refusal(422, "GitRPC::BadObjectState", []) from failure
    listed = [
        {"path": name, "mode": "040000" if kind == "tree" else "100644", "type": kind, "sha": each}
        for kind, each, name in bare.listing(sha, "")
    ]
    url = f"{api_url(call.hub, call.home)}/git/trees/{sha}"
    return Answer(201, {"sha": sha, "url": url, "tree": listed, "truncated": False})


def _entry(call: Call, wanted: dict[str, Any]) -> Entry:
    path = str(wanted.get("path", ""))
    if _MALFORMED & set(path.split("/")):
        raise Refusal(422, "tree.path contains a malformed path component", [])
    if path.startswith(_WORKFLOWS) and not allows(call.actor.permissions(call.home), "workflows:write"):
        raise out_of_reach()
    if "content" in wanted and "sha" in wanted:
        raise Refusal(422, "Must supply either tree.sha or tree.content. You cannot supply both.", [])
    if "content" not in wanted and "sha" not in wanted:
        raise Refusal(422, "Must supply either tree.sha or tree.content.", [])
    content = wanted.get("content")
    sha = wanted.get("sha") if content is None else write_blob(call.hub.bare(call.home), content.encode())
    return Entry(path, str(wanted.get("mode", "100644")), sha)


@route("POST", f"{GIT}/commits", "contents:write")
def _create_commit(call: Call) -> Answer:
    bare, asked = call.hub.bare(call.home), call.document
    required(asked, "Commit", "message", "tree")
    if not bare.succeeds("cat-file", "-e", f"{asked['tree']}^{{tree}}"):
        raise Refusal(422, "Tree SHA does not exist", [])
    parents = asked.get("parents") or []
    if not all(bare.resolve(parent) == parent for parent in parents):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object", [])
    ours = Identity(call.by.login, pushes.email_of(call.by))
    named = [
        Identity(who["name"], who["email"]) for key in ("author", "committer") if (who := asked.get(key))
    ]
    people = (named[0], named[-1]) if named else (ours, signing.GITHUB)
    sha = write_commit_object(bare, asked["tree"], parents, asked["message"], people)
    if call.actor.kind == "installation" and not named:
        bare.mark_verified(sha)
    return Answer(201, present.git_commit(call.hub, call.home, bare.commit(sha)))


@route("GET", f"{GIT}/commits/{{sha}}", "contents:read")
def _commit(call: Call) -> Answer:
    bare, sha = call.hub.bare(call.home), call.parameters["sha"]
    if bare.resolve(sha) != sha:
        raise not_found()
    return Answer(200, present.git_commit(call.hub, call.home, bare.commit(sha)))


@route("POST", f"{GIT}/refs", "contents:write")
def _create_ref(call: Call) -> Answer:
    bare, asked = call.hub.bare(call.home), call.document
    required(asked, "Reference", "ref", "sha")
    ref, sha = asked["ref"], asked["sha"]
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.", [])
    if bare.resolve(sha) != sha:
        raise Refusal(422, "Object does not exist", [])
    if ref in bare.refs():
        raise Refusal(422, "Reference already exists", [])
    return _move(call, ref, sha, 201)


@route("PATCH", f"{GIT}/refs/{{ref*}}", "contents:write")
def _update_ref(call: Call) -> Answer:
    bare, asked = call.hub.bare(call.home), call.document
    ref, sha = f"refs/{call.parameters['ref']}", asked.get("sha", "")
    if ref not in bare.refs():
        raise Refusal(422, "Reference does not exist", [])
    if bare.resolve(sha) != sha:
        raise Refusal(422, "Object does not exist", [])
    if not asked.get("force") and not bare.is_ancestor(bare.refs()[ref], sha):
        raise Refusal(422, "Update is not a fast forward", [])
    return _move(call, ref, sha, 200)


def _move(call: Call, ref: str, sha: str, status: int) -> Answer:
    bare = call.hub.bare(call.home)
    signing.check(bare, call.home, ref, sha)
    bare.set_ref(ref, sha)
    pushes.settle(call.scene)
    return Answer(status, present.git_ref(call.hub, call.home, ref, sha))


@route("GET", "/repos/{owner}/{repo}/rules/branches/{branch*}", "metadata:read")
def _rules(call: Call) -> Answer:
    """The rules in force for a branch, whether or not it exists yet."""
    rule = {
        "type": "required_signatures",
        "ruleset_source_type": "Repository",
        "ruleset_source": call.home.full_name,
        "ruleset_id": 1,
    }
    found = [rule] if signing.is_required(call.home, call.parameters["branch"]) else []
    return call.page(found, lambda each: each)
