"""Findings as people read them and as programs do. Pure."""

import json
from collections.abc import Sequence

from workers.doctor.finding import Finding, Level

SIGNS = {Level.OK: "✓", Level.WARNING: "!", Level.PROBLEM: "✗", Level.UNKNOWN: "?"}


def as_text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, its fix on the next one, and what it comes to at the end."""
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{SIGNS[finding.level]} {_printable(finding.says)}")
        if finding.fix:
            lines.append(f"  → {_printable(finding.fix)}")
    return "\n".join([*lines, "", summary(findings)]) + "\n"


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as one JSON object: `{"ok": …, "findings": [{"name", "level", "ok", "says", "fix"}]}`."""
    rows = [
        {"name": each.name, "level": str(each.level), "ok": each.ok, "says": each.says, "fix": each.fix}
        for each in findings
    ]
    return json.dumps({"ok": all(each.ok for each in findings), "findings": rows}, indent=2) + "\n"


def summary(findings: Sequence[Finding]) -> str:
    """Return what it comes to, in a sentence."""
    counted = {level: sum(each.level is level for each in findings) for level in Level}
    if counted[Level.PROBLEM]:
        keep = "thing keeps" if counted[Level.PROBLEM] == 1 else "things keep"
        return f"{counted[Level.PROBLEM]} {keep} Handoff from working; ✗ says which, → what to do."
    if counted[Level.WARNING]:
        return "Handoff can work; ! says what would be wise to change."
    if counted[Level.UNKNOWN]:
        return "Nothing is wrong as far as I could look; ? says where I could not."
    return "All is well."


def _printable(text: str) -> str:
    """Leave out the characters by which a name from elsewhere could steer a terminal."""
    return "".join(each if each.isprintable() else " " for each in text)
