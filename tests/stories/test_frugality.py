"""We are guests on somebody's rate limit: the clean path is counted."""

from app.domain.job import Phase


async def test_from_label_to_ready_takes_few_requests_and_fewer_writes(story):
    number = await story.open_issue("Count hours")
    await story.looked_around()
    await story.label(number)

    await story.until_phase(number, Phase.IN_REVIEW)

    ours = [entry for entry in await story.log() if entry["actor"] in {"app", "installation"}]
    asked = [entry for entry in ours if ".git/" not in entry["path"]]
    made = [
        e
        for e in asked
        if e["method"] == "POST" and not e["path"].endswith("access_tokens") and e["path"] != "/graphql"
    ]
    assert len(asked) < 25, [f"{entry['method']} {entry['path']}" for entry in asked]
    assert len(made) <= 10, [entry["path"] for entry in made]
