"""An agent of a real worker searches its whole world, by value, for every secret that the worker holds."""

import hashlib
import hmac
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.domain.job import Phase
from tests.chaos.conftest import in_upheaval
from tests.hostile.conftest import PROGRAMS
from tests.world.setting import SECRET

pytestmark = pytest.mark.hostile
WINDOW = 24


def disguised(needle: bytes) -> list[int]:
    return [byte ^ 0x5A for byte in needle]


def needles_of(key: str, database: str, redis: str, app: str) -> dict[str, bytes]:
    """The secrets, or as much of each as is nowhere else; the marker key as it is and as it would be written."""
    line = max(key.splitlines(), key=len).encode()
    marker = hmac.new(key.encode(), b"handoff comment marker", hashlib.sha256).digest()
    return {
        "private key": line[:WINDOW],
        "the end of the private key": key.splitlines()[-2].encode()[:WINDOW],
        "webhook secret": SECRET.encode(),
        "marker key": marker,
        "marker key in hexadecimal": marker.hex().encode(),
        "database": database.encode(),
        "redis": redis.encode(),
        "installation token": f"ghs_{app}_".encode(),
    }


def positive(needles: Mapping[str, bytes], folder: Path, *places: str) -> str:
    """What the same search finds where nothing is hidden from it."""
    file = folder / "needles.json"
    file.write_text(json.dumps({name: disguised(needle) for name, needle in needles.items()}))
    command = [sys.executable, str(PROGRAMS / "searches.py"), str(file), *places]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def environment_of(pid: int) -> dict[str, str]:
    rows = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return {name: value for name, _, value in (row.partition("=") for row in rows)}


async def test_an_agent_finds_none_of_the_secrets_of_its_worker(tmp_path: Path):
    async with in_upheaval(tmp_path) as story:
        worker = story.installation.worker.pid
        key = (tmp_path / "app.pem").read_text()
        told = environment_of(worker)
        database = f"sqlite:///{story.installation.data}/handoff.db"
        needles = needles_of(key, database, told["REDIS_URL"], told["HANDOFF_APP_ID"])
        found = positive(needles, tmp_path, str(tmp_path / "app.pem"), f"/proc/{worker}/environ")
        assert {"private key", "redis"} <= {
            line.split(" in ")[0].removeprefix("FOUND ") for line in found.splitlines()
        }

        number = await story.write_issue()
        title = (await story.issue(number))["title"]
        needles["what it is told"] = title.encode()
        carried = json.dumps({name: disguised(needle) for name, needle in needles.items()})
        search = (
            {"do": "write", "path": "needles.json", "content": carried},
            {"do": "write", "path": "searches.py", "content": (PROGRAMS / "searches.py").read_text()},
            {"do": "run", "command": "python3 searches.py needles.json"},
            {"do": "run", "command": "rm needles.json searches.py"},
        )
        story.agent.agent_writes({f"{title}.txt": "Searched.\n"}, about=f"{title}\n", before=search)
        await story.label(number)
        await story.until_phase(number, Phase.IN_REVIEW)

        said = "\n".join(path.read_text() for path in story.installation.data.rglob("events.jsonl"))
        found = re.findall(r"FOUND (.*?) in ", said)
        assert set(found) == {"what it is told"}, "the search finds what is there, and nothing else"
        assert int(re.search(r"looked at (\d+) files", said)[1]) > 100
