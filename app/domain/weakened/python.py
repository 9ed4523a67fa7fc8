"""Tests in Python: pytest and unittest. A single statement is complete code, so it is read by Python's own parser."""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

from app.domain.weakened.assertion import Assertion
from app.domain.weakened.code import Source, Syntax
from app.domain.weakened.language import TRY_CHARACTERS, Language, Skip, named
from app.domain.weakened.python_claims import claim_of

_ASSERTION = re.compile(
    r"^[ \t]*(?=assert\b|(?:async )?with\b[^\n]{0,200}\b(?:raises|assertRaises\w*|warns|assertWarns\w*|assertLogs)\("
    r"|(?:[\w.]{1,100}\.)?(?:assert\w*|raises)\()",
    re.MULTILINE,
)
_CATCHES = r"(?:[\w.]*\b(?:Exception|BaseException|AssertionError)\b)"
_HANDLER = re.compile(
    rf"^(?P<indent>[ \t]*)except(?:[ \t]*\(?[\w., ]*{_CATCHES}[\w., ]*\)?(?: as \w+)?)?[ \t]*:"
    r"\s*(?:pass|continue|return|\.\.\.)[ \t]*$",
    re.MULTILINE,
)
_SUPPRESS = re.compile(rf"^(?P<indent>[ \t]*)with [^\n]*\bsuppress\([^\n)]*{_CATCHES}", re.MULTILINE)
_SKIPS = (
    (r"\b(?:skipif|skipIf)\(\s*(?:True|1)\b|\bskipUnless\(\s*(?:False|0)\b", Skip.OFF),
    (r"\bmark\.skipif\b|@(?:unittest\.)?skip(?:If|Unless)\b|\bimportorskip\(", Skip.UNDER_CONDITION),
    (r"\bmark\.xfail\b|\bpytest\.xfail\(|@(?:unittest\.)?expectedFailure\b", Skip.EXPECTED_TO_FAIL),
    (r"\bmark\.skip\b|\bpytest\.skip\(|@(?:unittest\.)?skip\b|\bself\.skipTest\(|\braise (?:unittest\.)?SkipTest\b", Skip.OFF),
    (r"^\s*__test__ = False\b|^\s*collect_ignore(?:_glob)?\b", Skip.OFF),
)  # fmt: skip


def _read(statement: str) -> Assertion | None:
    text = textwrap.dedent(statement).strip()
    body = f"{text}\n    pass" if re.match(r"(?:async )?with\b", text) else text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return claim_of(ast.parse(body).body[0])
    except (SyntaxError, ValueError, RecursionError, MemoryError, IndexError):
        return None


def _swallowed(source: Source) -> Iterator[int]:
    """Find `except Exception: pass` around an assertion, and `with suppress(...)` of the same."""
    for handler in _HANDLER.finditer(source.code):
        farthest = max(0, handler.start() - TRY_CHARACTERS)
        begun = source.code.rfind(f"\n{handler['indent']}try:", farthest, handler.start())
        if begun >= 0 and _ASSERTION.search(source.code, begun, handler.start()):
            yield handler.start("indent")
    for block in _SUPPRESS.finditer(source.code):
        inside = re.compile(rf"[^\n]*(?:\n[ \t]*(?=\n)|\n{block['indent']}[ \t]+[^\n]*)*")
        body = inside.match(source.code, block.end())
        if body and _ASSERTION.search(source.code, block.end(), body.end()):
            yield block.start("indent")


PYTHON = Language(
    syntax=Syntax.PYTHON,
    tests=named(re.compile(r"^[ \t]*(?:async )?def (?P<name>test\w*)", re.MULTILINE)),
    assertion=_ASSERTION,
    read=_read,
    skips=tuple((re.compile(pattern), skip) for pattern, skip in _SKIPS),
    swallowed=_swallowed,
)
