"""The project's own environment: services beside its commands, and dependencies that are fetched once."""

import hashlib
from pathlib import Path

from app.domain.job import Job, Phase
from app.ledger.artifacts import LOG
from tests.world.repository import FILES
from tests.world.said import said
from tests.world.setting import Story

INDEX = '''"""An index of packages: builds the one wheel that it has from its source, as long as that is there."""

import io
import os
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer


class Index(BaseHTTPRequestHandler):
    def do_GET(self):
        if not os.path.exists("tiny.txt"):
            return self.send_error(404)
        about = "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n"
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as wheel:
            wheel.writestr("tiny.py", open("tiny.txt").read())
            wheel.writestr("tiny-1.0.dist-info/METADATA", about)
            wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
            wheel.writestr("tiny-1.0.dist-info/RECORD", "")
        self.send_response(200)
        self.send_header("Cache-Control", "max-age=365000000, immutable")
        self.send_header("Content-Length", str(len(made.getvalue())))
        self.end_headers()
        self.wfile.write(made.getvalue())


HTTPServer(("127.0.0.1", 8000), Index).serve_forever()
'''
POLICY = """
services:
- name: index
  run: exec python3 index.py
  port: 8000
setup:
- python3 -m pip install -q --disable-pip-version-check --no-deps --trusted-host 127.0.0.1:8000
  --target "$HOME/lib" -r requirements.txt
checks:
- name: tests
  run: PYTHONPATH="$HOME/lib" python3 -c 'import tiny; assert tiny.SIZE == 1'
"""
ONLY_SERVED = """
services:
- name: index
  run: exec python3 index.py
  port: 8000
checks:
- name: tests
  run: "true"
"""
PROJECT = {
    **FILES,
    "index.py": INDEX,
    "tiny.txt": "SIZE = 1\n",
    "requirements.txt": "tiny @ http://127.0.0.1:8000/tiny-1.0-py3-none-any.whl\n",
    ".github/handoff.yml": POLICY,
}


def caches(data: Path) -> dict[str, str]:
    """Every file that is kept for later cages, with what is in it."""
    folders = list((data / "caches").glob("*/*/home"))
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


async def outputs(story: Story, job: Job) -> str:
    """All that the runs of a job have put out."""
    keys = await story.ledger.artifact_keys(job.id, LOG)
    return "".join([(await story.ledger.artifact(job.id, f"{LOG}{key}")).data.decode() for key in keys])


async def test_dependencies_are_fetched_once_for_all_and_serve_when_their_index_is_gone(story_with):
    async with story_with(PROJECT) as story:
        numbers = [await story.hand_over(title) for title in ("Count hours", "Count days")]
        jobs = [await story.until_phase(number, Phase.IN_REVIEW) for number in numbers]
        kept = caches(story.data)
        assert any("/.cache/pip/http" in path for path in kept)
        told = "".join([await outputs(story, job) for job in jobs])
        assert told.count("fetched once for all that follow") == 1

        await story.act("push", branch="main", files={"tiny.txt": None}, message="Take the package down")
        story.agent.agent_writes({"other.txt": "x\n", "requirements.txt": PROJECT["requirements.txt"] + "\n"})
        second = await story.until_phase(await story.hand_over("Something else"), Phase.IN_REVIEW)

        assert second.work.checks is not None
        assert [check.passed for check in second.work.checks] == [True]
        assert caches(story.data) == kept


async def test_a_service_that_the_change_broke_is_a_blocker_of_the_change(story_with):
    async with story_with(PROJECT | {".github/handoff.yml": ONLY_SERVED}) as story:
        story.agent.agent_writes({"index.py": "raise SystemExit('no index any more')\n"})

        number = await story.hand_over()
        await story.until_held(number)

        assert "`service index`" in said((await story.comments(number))[-1])


async def test_a_service_that_never_served_is_a_persons_to_mend(story_with):
    policy = ONLY_SERVED.replace("exec python3 index.py", "echo no licence for this machine; exit 3")
    async with story_with(PROJECT | {".github/handoff.yml": policy}) as story:
        number = await story.hand_over()
        await story.until_held(number)

        told = said((await story.comments(number))[-1])
        assert (
            "was refused: the service `index` did not serve: it ended with exit code 3 before it was ready"
            in told
        )
        assert "The last it said was: `no licence for this machine`" in told
