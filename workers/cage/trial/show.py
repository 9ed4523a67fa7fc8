"""A report as people read it and as programs do. Pure; no character of it steers a terminal."""

import json
from dataclasses import asdict

from workers.cage.spec import MIB
from workers.cage.trial.verdict import Report


def as_json(report: Report) -> str:
    """Return the report as one JSON object."""
    ended = report.ended
    told = {
        "contained": report.verdict.contained,
        "because": report.verdict.because,
        "sandbox": report.sandbox,
        "warning": report.warning,
        "limited_by": list(report.limited_by),
        "how": str(ended.how),
        "code": ended.code,
        "seconds": round(ended.seconds, 3),
        "peak": {**asdict(ended.peak), "seen": report.seen_peak},
        "denied": [asdict(denied) for denied in ended.denied],
        "output_bytes": ended.output_bytes,
        "output_tail": ended.output_tail.decode("utf-8", "replace"),
        "findings": [{"check": str(finding.check), "saw": finding.saw} for finding in report.findings],
    }
    return json.dumps(told, indent=2) + "\n"


def as_text(report: Report) -> str:
    """Return the report in sentences, after the last of what the command said."""
    ended = report.ended
    code = "" if ended.code is None else f", exit code {ended.code}"
    lines = [
        *(f"  {line}" for line in ended.output_tail.decode("utf-8", "replace").splitlines()[-20:]),
        f"{'Contained' if report.verdict.contained else 'NOT CONTAINED'}: {report.verdict.because}",
        f"The command ended: {str(ended.how).replace('_', ' ')}{code}. {_most(report)}",
        *(
            f"It wanted to reach {each.host}:{each.port}, and may not: {each.because}"
            for each in ended.denied
        ),
    ]
    lines += [f"✗ {finding.check}: I saw that {finding.saw}." for finding in report.findings]
    lines += [report.warning] if report.warning else []
    return "".join(f"{_printable(line)}\n" for line in lines)


def _most(report: Report) -> str:
    seen = report.seen_peak
    return (
        f"It took {report.ended.seconds:.1f} seconds in the cage {report.sandbox}, and at the most "
        f"{seen.get('processes', 0)} processes and {seen.get('memory_bytes', 0) // MIB} MB of memory."
    )


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else "�" for each in text)
