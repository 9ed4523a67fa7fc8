"""What a run leaves can be read from any host; and no secret of ours is in anything that is kept or said."""

import base64
import hashlib
import hmac
import json
import re
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator

from app.domain.job import Job, Phase
from app.ledger.artifacts import FILE
from tests.stories.test_label_to_pull_request import BETTER
from tests.world.setting import SECRET, Story

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
SHAPED = "ghp_" + "0aB1cD2eF3" * 4
CURIOUS = (
    "env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr '\\0' '\\n'; "
    "timeout 20 find / -xdev \\( -name '*.pem' -o -name '*.db*' -o -name 'handoff.toml' -o -name '*.jsonl' \\) 2>/dev/null "
    "| head -200 | xargs -r cat 2>/dev/null | head -c 300000; "
    "for folder in .. ../.. ../../.. ../../../..; do ls -la $folder; cat $folder/* 2>/dev/null | head -c 20000; done; "
    f"echo token {SHAPED}; echo I have looked around"
)


async def files_of(story: Story, job: Job) -> dict[str, bytes]:
    """Every file that the ledger keeps of a job's runs."""
    found = {}
    for key in await story.ledger.artifact_keys(job.id, FILE):
        kept = await story.ledger.artifact(job.id, f"{FILE}{key}")
        assert kept is not None
        found[key] = kept.data
    return found


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / name).read_text())
    return found


async def test_brief_outcome_words_events_and_end_of_a_run_are_kept_by_their_contract(story: Story):
    story.agent.agent_writes(
        {"clock.py": BETTER},
        title="Count the hours too",
        before=[{"do": "respond", "text": f"I counted hours with {SHAPED}."}],
    )
    number = await story.hand_over("Count hours", f"Please, with {SHAPED}.")

    job = await story.until_phase(number, Phase.IN_REVIEW)

    files, writing = await files_of(story, job), f"{job.id}.1"
    kept = {name: files[f"{writing}/{name}"].decode() for name in ("brief.md", "outcome.json", "exit.json")}
    assert "Please, with [redacted]" in kept["brief.md"]
    assert OAS31Validator(schema("outcome-implement.json")).is_valid(json.loads(kept["outcome.json"]))
    end = json.loads(kept["exit.json"])
    assert OAS31Validator(schema("exit.json")).is_valid(end)
    assert (end["run_id"], end["ended"]["how"], end["verdict"]) == (writing, "exited", "ok")
    assert end["cage"] == (await story.ledger.run_report(writing)).cage
    assert end["limits"]["processes"] > 0
    assert files[f"{writing}/response.md"] == b"I counted hours with [redacted]\n"
    assert all(isinstance(json.loads(line), dict) for line in files[f"{writing}/events.jsonl"].splitlines())
    folder = story.data / "runs" / writing
    names = {path.name for path in folder.iterdir()}
    assert names == {"agent-responses", "brief.md", "events.jsonl", "exit.json", "outcome.json"}
    assert (folder / "events.jsonl").read_bytes() == files[f"{writing}/events.jsonl"]


async def test_what_an_agent_left_that_cannot_be_used_is_kept_with_the_reason(story: Story):
    story.agent.agent_does({"do": "outcome", "text": '{"ending": "done"}'})
    number = await story.hand_over()

    async def kept() -> dict[str, bytes] | None:
        job = await story.job(number)
        files = await files_of(story, job) if job is not None else {}
        return files if any(name.endswith("/exit.json") for name in files) else None

    files = await story.until("the files of the run", kept)
    writing = next(iter(files)).partition("/")[0]
    assert files[f"{writing}/outcome.invalid.txt"].startswith(b"The key 'ending' must be ")
    assert f"{writing}/outcome.json" not in files
    assert json.loads(files[f"{writing}/exit.json"])["turn"] == 2, "it had its turn to mend it"


async def test_no_secret_of_ours_is_in_anything_kept_or_said_of_an_agent_that_looks_for_them(
    story: Story, tmp_path: Path, caplog
):
    story.agent.agent_writes({"clock.py": BETTER}, before=[{"do": "run", "command": CURIOUS}])
    story.agent.reviewer_does({"do": "run", "command": CURIOUS}, {"do": "outcome", "outcome": {
        "ending": "succeeded", "summary": "I read all of it.", "findings": [],
    }})  # fmt: skip
    number = await story.hand_over()

    job = await story.until_phase(number, Phase.IN_REVIEW)

    tokens = set(story.hub.world.tokens)
    assert len(tokens) > 0
    pem = (tmp_path / "app.pem").read_text()
    lines = [line for line in pem.splitlines() if len(line) > 40 and "KEY" not in line]
    marker_key = hmac.new(pem.encode(), b"handoff comment marker", hashlib.sha256)
    secrets = {SECRET, base64.b64encode(SECRET.encode()).decode().rstrip("="), SHAPED, *lines, *tokens}
    secrets |= {marker_key.hexdigest(), base64.b64encode(marker_key.digest()).decode().rstrip("=")}
    where = {
        "the ledger": b"".join((await files_of(story, job)).values()),
        "the folders of runs": b"".join(
            path.read_bytes() for path in (story.data / "runs").rglob("*") if path.is_file()
        ),
        "GitHub": json.dumps(await story.state()).encode(),
        "the log": caplog.text.encode(),
    }
    for key in await story.ledger.artifact_keys(job.id, ""):
        kept = await story.ledger.artifact(job.id, key)
        where[key] = kept.data
    for name, content in where.items():
        assert [secret for secret in secrets if secret.encode() in content] == [], name
        assert not re.search(rb"gh[sp]_[A-Za-z0-9]{36}", content), name
    said = where[f"{FILE}{job.id}.1/events.jsonl"]
    assert b"I have looked around" in said
    assert b"token [redacted]" in said
