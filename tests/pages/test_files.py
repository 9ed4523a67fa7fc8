"""The files that pages are made of: whose they are, and how they are served."""

import hashlib
import re
from pathlib import Path

import app.web
from app.web.pages.static import address, assets
from tests.pages.front import Front

FOLDER = Path(app.web.__file__).parent / "static"


def test_what_is_not_ours_is_as_it_was_published():
    listed = re.findall(r"\| `([\w.-]+)` \|.*`([0-9a-f]{64})` \|", (FOLDER / "VENDORED.md").read_text())
    assert {name for name, _ in listed} == {path.name for path in FOLDER.glob("*.min.js")}
    for name, digest in listed:
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == digest


async def test_a_file_is_kept_by_browsers_until_its_address_changes(front: Front):
    for name, asset in assets().items():
        answer = await front.ada.get(address(name))
        assert (answer.status_code, answer.content) == (200, asset.data)
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await front.ada.get("/static/handoff.css?v=older")).headers["cache-control"] == "no-cache"


async def test_nothing_else_is_served_by_that_road(front: Front):
    for path in ("VENDORED.md", "nothing.css", "..%2fmain.py", "../main.py", "..%2f..%2fweb%2fmain.py"):
        assert (await front.ada.get(f"/static/{path}")).status_code in {303, 404}
