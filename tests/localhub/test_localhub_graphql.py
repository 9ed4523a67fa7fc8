import pytest

THREADS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      isDraft
      reviewThreads(first: 1, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved isOutdated path line subjectType
          resolvedBy { login }
          comments(first: 50) { nodes { databaseId body author { login } pullRequestReview { databaseId } } }
        }
      }
    }
  }
}
"""


async def _ask(world, query, token=None, **variables):
    answer = await world.rest("POST", "//graphql", {"query": query, "variables": variables}, token=token)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _threads(world, number, after=None, token=None):
    place = {"owner": "acme", "name": "clock", "number": number, "after": after}
    return (await _ask(world, THREADS, token, **place))["data"]["repository"]["pullRequest"]


@pytest.fixture
async def number(world):
    opened = await world.open_pull({"clock.py": "a\nb\nc\n"})
    comments = [{"path": "clock.py", "line": line, "body": f"on {line}"} for line in (1, 2)]
    asked = {"event": "COMMENT", "body": "Look", "comments": comments}
    assert (await world.rest("POST", f"/pulls/{opened}/reviews", asked)).status_code == 200
    return opened


async def test_threads_are_paged_resolved_and_answered(world, listener, number):
    first = await _threads(world, number)
    page = first["reviewThreads"]["pageInfo"]
    assert page["hasNextPage"] is True
    second = await _threads(world, number, after=page["endCursor"])
    thread = second["reviewThreads"]["nodes"][0]
    assert (thread["line"], thread["isResolved"], thread["subjectType"]) == (2, False, "LINE")
    mutation = (
        """mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"""
    )
    done = await _ask(world, mutation, id=thread["id"])
    assert done["data"]["resolveReviewThread"]["thread"]["isResolved"] is True
    resolved = (await _threads(world, number, after=page["endCursor"]))["reviewThreads"]["nodes"][0]
    assert resolved["resolvedBy"]["login"] == "handoff"
    await _ask(world, mutation.replace("resolveReview", "unresolveReview"), id=thread["id"])
    reply = """mutation($input: AddPullRequestReviewThreadReplyInput!) {
        addPullRequestReviewThreadReply(input: $input) { comment { databaseId body replyTo { databaseId } } } }"""
    answer = await _ask(world, reply, input={"pullRequestReviewThreadId": thread["id"], "body": "Right."})
    assert answer["data"]["addPullRequestReviewThreadReply"]["comment"]["body"] == "Right."
    await world.control.idle()
    assert [name for name in listener.names() if "thread" in name] == [
        "pull_request_review_thread.resolved", "pull_request_review_thread.unresolved",
    ]  # fmt: skip


async def test_resolving_needs_contents_and_pull_requests(world, number):
    token = (await world.mint(permissions={"pull_requests": "write"}))["token"]
    thread = (await _threads(world, number, token=token))["reviewThreads"]["nodes"][0]
    mutation = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id } } }"
    answer = await _ask(world, mutation, token, id=thread["id"])
    assert answer["data"] is None
    assert answer["errors"][0]["type"] == "FORBIDDEN"
    assert answer["errors"][0]["message"] == "Resource not accessible by integration"
    state = (await world.control.state(world.repository))["pulls"][str(number)]
    assert [each["resolved_by"] for each in state["review_comment_list"]] == [None, None]


async def test_a_draft_becomes_ready_and_back(world, listener, number):
    node = (await world.rest("GET", f"/pulls/{number}")).json()["node_id"]
    away = "mutation M($i: ConvertPullRequestToDraftInput!) { convertPullRequestToDraft(input: $i) { pullRequest { isDraft } } }"
    assert (await _ask(world, away, i={"pullRequestId": node}))["data"]["convertPullRequestToDraft"] == {
        "pullRequest": {"isDraft": True}
    }
    back = 'mutation { markPullRequestReadyForReview(input: {pullRequestId: "%s"}) { pullRequest { isDraft number } } }'
    ready = await _ask(world, back % node)
    assert ready["data"]["markPullRequestReadyForReview"]["pullRequest"] == {
        "isDraft": False,
        "number": number,
    }
    await world.control.idle()
    assert listener.names()[-2:] == ["pull_request.converted_to_draft", "pull_request.ready_for_review"]


async def test_edits_of_an_issue_are_known(world):
    issue = await world.control.act("mallory", "open_issue", world.repository, title="t", body="one")
    query = """{ repository(owner: "acme", name: "clock") { issue(number: %d) {
        lastEditedAt userContentEdits(first: 5) { nodes { editedAt editor { login } } } } } }"""
    before = await _ask(world, query % issue["number"])
    assert before["data"]["repository"]["issue"]["lastEditedAt"] is None
    await world.control.act("ada", "edit_issue", world.repository, number=issue["number"], body="two")
    after = (await _ask(world, query % issue["number"]))["data"]["repository"]["issue"]
    assert after["userContentEdits"]["nodes"][0]["editor"]["login"] == "ada"
    assert after["lastEditedAt"] is not None


async def test_a_comment_is_minimized(world, number):
    node = (await world.rest("POST", f"/issues/{number}/comments", {"body": "c"})).json()["node_id"]
    mutation = """mutation($id: ID!, $why: ReportedContentClassifiers!) {
        minimizeComment(input: {subjectId: $id, classifier: $why}) { minimizedComment { isMinimized } } }"""
    done = await _ask(world, mutation, id=node, why="OUTDATED")
    assert done["data"]["minimizeComment"]["minimizedComment"]["isMinimized"] is True
    assert (await _ask(world, mutation, id=node, why="BORING"))["errors"]


UNANSWERABLE = [
    ("{ nonsense }", "Field 'nonsense' doesn't exist on type 'Query'"),
    ('{ repository(owner: "acme", name: "nowhere") { id } }', "Could not resolve to a Repository"),
    (
        '{ repository(owner: "acme", name: "clock") { pullRequest(number: 99) { id } } }',
        "with the number of 99",
    ),
    ("subscription { x }", "Parse error"),
    ("mutation { resolveReviewThread(input: {threadId: 1", "Parse error"),
]


async def test_what_graphql_cannot_answer_is_an_error(world):
    for query, told in UNANSWERABLE:
        assert told in (await _ask(world, query))["errors"][0]["message"]


async def test_graphql_needs_a_token(world):
    answer = await world.client.post("/graphql", json={"query": "{ viewer { login } }"})
    assert answer.status_code == 401
