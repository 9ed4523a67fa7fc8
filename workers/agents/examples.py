"""A worked example of each kind of outcome, for the briefs; a test reads them back through the models."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from workers.agents.agent import RunKind

EXAMPLES: Mapping[RunKind, Mapping[str, Any]] = MappingProxyType(
    {
        RunKind.IMPLEMENT: {
            "ending": "succeeded",
            "summary": "`slugify` now keeps digits. It dropped everything but letters, so `v2-notes` became `v-notes`.",
            "why": "The pattern excluded digits by mistake; widening it is the smallest change that mends every caller.",
            "how_checked": "`python -m unittest tests.test_slugs` failed before the change and passes now.",
            "title": "Keep digits in slugs",
            "question": None,
        },
        RunKind.FIX: {
            "ending": "succeeded",
            "summary": "`test_digits` failed because the pattern was compiled before the flag was read. It is compiled "
            "on first use now.",
            "question": None,
        },
        RunKind.REVISE: {
            "ending": "succeeded",
            "summary": "Two of the three points are taken; one would break links that exist.",
            "items": [
                {"id": "1", "disposition": "fixed", "note": "Renamed to `slug_of`, with its callers."},
                {
                    "id": "2",
                    "disposition": "declined",
                    "note": "Upper case in slugs would break the links in `docs/`, so I left it lower case.",
                },
                {
                    "id": "3",
                    "disposition": "answered",
                    "note": "It is there for Python 3.11, which lacks `batched`.",
                },
            ],
            "question": None,
        },
        RunKind.REBASE: {
            "ending": "succeeded",
            "summary": "Both sides had added an argument to `slugify`; it takes both now.",
            "question": None,
        },
        RunKind.REVIEW: {
            "ending": "succeeded",
            "summary": "The fix is right for ASCII. One input still fails.",
            "findings": [
                {
                    "path": "blog/slugs.py",
                    "line": 14,
                    "start_line": 12,
                    "side": "RIGHT",
                    "severity": "high",
                    "title": "A title without any ASCII letter gives an empty slug",
                    "body": "`slugify('日本')` returns ''. Two such posts then share one URL and the second overwrites "
                    "the first. I ran it. Fall back to the post's id when nothing is left.",
                    "category": "correctness",
                    "evidence": "executed",
                    "suggestion": None,
                }
            ],
        },
    }
)


def example_text(kind: RunKind) -> str:
    """Return the example of `kind` as it should look in the file."""
    return json.dumps(EXAMPLES[kind], indent=2, ensure_ascii=False)
