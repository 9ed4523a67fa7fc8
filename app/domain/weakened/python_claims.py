"""What one Python statement claims, from its syntax tree."""

import ast

from app.domain.weakened.assertion import (
    Assertion,
    Strength,
    claim,
    exact,
    false,
    is_literal,
    raising,
)
from app.domain.weakened.python_truth import equal, name_of, truth_of

_BELOW = {
    "assertIn", "assertNotIn", "assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual", "assertNotEqual",
    "assertRegex", "assertNotRegex", "assertIsNot", "assertDictContainsSubset", "assertLogs",
    "assert_called_once", "assert_any_call", "assert_has_calls",
}  # fmt: skip
_RAISING = {"raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns", "assertWarnsRegex"}
_CONTEXTS = ("raises", "warns", "assert")
_EXISTING = {"assertIsNotNone", "assertIsInstance", "assert_called"}


def claim_of(statement: ast.stmt) -> Assertion | None:
    """Return what a statement claims, None when it claims nothing that can be told."""
    match statement:
        case ast.Assert(test=test):
            return truth_of(test)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            calls = [item.context_expr for item in items if isinstance(item.context_expr, ast.Call)]
            return next((_call(c) for c in calls if name_of(c).startswith(_CONTEXTS)), None)
        case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
            return _call(call)
        case _:
            return None


def _call(call: ast.Call) -> Assertion | None:
    """Read `self.assertEqual(a, b)` and its family, and `pytest.raises(...)`."""
    name, arguments = name_of(call), call.args
    if name in _RAISING:
        return _raising(call) if [ast.unparse(kind) for kind in arguments] != ["None"] else None
    if not arguments and name not in _BELOW | _EXISTING:
        return None
    first = ast.unparse(arguments[0]) if arguments else ast.unparse(call.func)
    second = ast.unparse(arguments[1]) if len(arguments) > 1 else ""
    if name in {"assertTrue", "assert_"}:
        return truth_of(arguments[0])
    if name in {"assertFalse", "assertIsNone"}:
        return false(first) if name == "assertFalse" else exact(first, "None")
    if name in _BELOW:
        swapped = name in {"assertIn", "assertNotIn"} and is_literal(first)
        subject, expected = (second, first) if swapped else (first, second)
        return claim(Strength.PARTIAL, subject, expected, negated="Not" in name)
    if name in _EXISTING:
        return claim(Strength.EXISTS, first)
    if name.startswith("assert_called"):
        return exact(ast.unparse(call.func), ", ".join(ast.unparse(argument) for argument in arguments))
    if "qual" in name or "close" in name or name == "assertIs":
        return equal(arguments, call)
    return claim(Strength.CUSTOM, first, second)


def _raising(call: ast.Call) -> Assertion:
    listed = call.args[0] if call.args else None
    types = listed.elts if isinstance(listed, ast.Tuple) else [listed] if listed else []
    message = any(keyword.arg == "match" for keyword in call.keywords) or name_of(call).endswith("Regex")
    return raising(frozenset(ast.unparse(kind) for kind in types), message=message)
