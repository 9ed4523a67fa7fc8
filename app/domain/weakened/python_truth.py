"""What an expression in Python claims when it is asserted."""

import ast

from app.domain.weakened.assertion import (
    Assertion,
    Strength,
    claim,
    exact,
    false,
    is_literal,
    number,
    true,
)

_CLOSE = {
    "approx",
    "isclose",
    "assertAlmostEqual",
    "assertAlmostEquals",
    "assert_allclose",
    "assert_almost_equal",
}
_TOLERANCES = ("abs", "rel", "abs_tol", "rel_tol", "delta", "atol", "rtol")
_DEFAULT_TOLERANCE = 1e-6


def truth_of(test: ast.expr) -> Assertion:
    """Return what is claimed when an expression is asserted."""
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(left, op, right)
        case ast.Constant(value=value):
            return Assertion(
                strength=Strength.NOTHING if value else Strength.EXACT, subject=ast.unparse(test)
            )
        case ast.Tuple(elts=[_, *_]) | ast.Lambda() | ast.JoinedStr():
            return Assertion(strength=Strength.NOTHING, subject=ast.unparse(test))
        case ast.BoolOp(op=ast.Or(), values=values):
            parts = [truth_of(value) for value in values]
            empty = any(part.strength is Strength.NOTHING for part in parts)
            return claim(
                Strength.NOTHING if empty else Strength.PARTIAL, parts[0].subject or ast.unparse(test)
            )
        case ast.BoolOp(values=values):
            return max((truth_of(value) for value in values), key=lambda part: part.strength)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return false(ast.unparse(operand))
        case ast.Call() if name_of(test) in _CLOSE:
            return equal(test.args, test)
        case ast.Call() if name_of(test) in {"isinstance", "hasattr", "callable"}:
            return claim(Strength.EXISTS, *(ast.unparse(argument) for argument in test.args[:2]))
        case ast.Call(func=ast.Name(id="bool"), args=[inner]):
            return true(ast.unparse(inner))
        case _:
            return true(ast.unparse(test))


def _compared(left: ast.expr, op: ast.cmpop, right: ast.expr) -> Assertion:
    subject, expected = ast.unparse(left), ast.unparse(right)
    match op:
        case ast.Eq() if isinstance(right, ast.Call) and name_of(right) == "approx":
            return exact(subject, ast.unparse(right.args[0]) if right.args else "", _tolerance(right))
        case ast.Eq() if expected.rsplit(".", 1)[-1] == "ANY":
            return claim(Strength.EXISTS, subject)
        case ast.Eq() | ast.Is():
            return exact(subject, expected)
        case ast.IsNot() if expected == "None":
            return claim(Strength.EXISTS, subject)
        case ast.Lt() | ast.LtE() if isinstance(left, ast.Call) and name_of(left) == "abs":
            return exact(subject, "0", number(expected))
        case ast.NotEq():
            return claim(Strength.PARTIAL, subject, expected, negated=True)
        case ast.GtE() if subject.startswith("len(") and expected == "0":
            return Assertion(strength=Strength.NOTHING, subject=subject)
    if isinstance(op, ast.In | ast.NotIn) and is_literal(subject):
        subject, expected = expected, subject
    return claim(Strength.PARTIAL, subject, expected, negated=isinstance(op, ast.NotIn))


def equal(arguments: list[ast.expr], call: ast.Call) -> Assertion:
    """Return the claim of a call that compares its first two arguments."""
    texts = [ast.unparse(argument) for argument in arguments[:2]]
    subject, expected = (*texts, "", "")[:2]
    return exact(subject, expected, _tolerance(call) if name_of(call) in _CLOSE else None)


def _tolerance(call: ast.Call) -> float:
    """Return how far off a value may be; `places` counts decimals, so it is turned into the same measure."""
    named = {keyword.arg: number(ast.unparse(keyword.value)) for keyword in call.keywords}
    places = named.get("places")
    if places is not None:
        return float(10.0 ** -max(-300.0, min(places, 300.0)))
    told = [value for key in _TOLERANCES if (value := named.get(key)) is not None]
    return max(told, default=_DEFAULT_TOLERANCE)


def name_of(call: ast.Call) -> str:
    """Return the last part of a called function's name, empty where it has none."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
