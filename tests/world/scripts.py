"""Scripts for the scripted agent, in a story's own words."""

import json
from pathlib import Path
from typing import Any

DONE = {
    "ending": "succeeded",
    "title": "Count the hours too",
    "summary": "Hours are counted.",
    "why": "They were not.",
    "how_checked": "I ran the tests.",
}


class Scripts:
    """A folder of scripts; each verb writes one. A later script for the same words replaces the earlier."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.agent_writes({"notes.txt": "Seen.\n"})
        self._script(
            "fix", [{"do": "outcome", "outcome": {"ending": "nothing changed", "summary": "I cannot."}}], None
        )
        self.reviewer_finds()

    def agent_does(self, *steps: dict[str, Any], about: str | None = None) -> None:
        self._script("implement", steps, about)

    def agent_writes(
        self, files: dict[str, str], *, about: str | None = None, before: Any = (), **outcome: Any
    ) -> None:
        writes = [{"do": "write", "path": path, "content": text} for path, text in files.items()]
        end = {"do": "outcome", "outcome": {**DONE, **outcome}}
        self._script("implement", [*before, *writes, end], about)

    def agent_asks(self, question: str) -> None:
        asked = {
            "question": question,
            "options": ["yes", "no"],
            "recommended": "yes",
            "because": "It is usual.",
        }
        outcome = {"ending": "needs an answer", "summary": "A choice.", "question": asked}
        self._script("implement", [{"do": "outcome", "outcome": outcome}], None)

    def agent_fixes(self, files: dict[str, str], *, about: str | None = None) -> None:
        self._mends("fix", files, about)

    def agent_merges(self, files: dict[str, str]) -> None:
        self._mends("rebase", files, None)

    def _mends(self, kind: str, files: dict[str, str], about: str | None) -> None:
        writes = [{"do": "write", "path": path, "content": text} for path, text in files.items()]
        end = {"do": "outcome", "outcome": {"ending": "succeeded", "summary": "It is mended."}}
        self._script(kind, [*writes, end], about)

    def agent_revises(
        self,
        files: dict[str, str],
        *items: tuple[str, str, str],
        before: Any = (),
        about: str | None = None,
    ) -> None:
        """Each item is the id that the brief gives it, its disposition, and the note."""
        writes = [{"do": "write", "path": path, "content": text} for path, text in files.items()]
        told = [{"id": id_, "disposition": disposition, "note": note} for id_, disposition, note in items]
        end = {"do": "outcome", "outcome": {"ending": "succeeded", "summary": "Taken in.", "items": told}}
        self._script("revise", [*before, *writes, end], about)

    def reviewer_finds(self, *findings: dict[str, Any], summary: str = "I read all of it.") -> None:
        full = [
            {"severity": "high", "title": "A remark", "body": "It goes wrong.", "category": "correctness",
             "evidence": "reasoned", **finding}
            for finding in findings
        ]  # fmt: skip
        outcome = {"ending": "succeeded", "summary": summary, "findings": full}
        self._script("review", [{"do": "outcome", "outcome": outcome}], None)

    def reviewer_does(self, *steps: dict[str, Any]) -> None:
        self._script("review", steps, None)

    def _script(self, kind: str, steps: Any, about: str | None) -> None:
        name = f"{kind}-{(about or 'any').replace(' ', '-')}.json"
        script = {"kind": kind, "about": [about] if about else [], "steps": list(steps)}
        (self.folder / name).write_text(json.dumps(script))
