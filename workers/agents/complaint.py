"""From a validation error to sentences an agent can act on: which key, what is wrong, what fits."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

COMPLAINTS_MAX = 5

_WRONG = {
    "empty": "is empty; say something",
    "extra_forbidden": "is unknown; remove it",
    "json_invalid": "is not JSON ({error}); write one plain JSON object, without a Markdown fence",
    "literal_error": "must be {expected}, not {given}",
    "missing": "is missing; add it",
    "model_type": "must be a JSON object, not {given}",
    "string_pattern_mismatch": "must be a single line",
    "string_too_long": "has more than {max_length} characters; shorten it",
    "too_long": "has more than {max_length} entries; keep the most important",
    "too_short": "has fewer than {min_length} entries; add some",
    "value_error": "{error}",
}


def complaint(error: ValidationError) -> str:
    """Return one sentence per mistake, the first five of them."""
    mistakes = error.errors(include_url=False)
    sentences = [_sentence(mistake) for mistake in mistakes[:COMPLAINTS_MAX]]
    if len(mistakes) > COMPLAINTS_MAX:
        sentences.append(f"There are {len(mistakes) - COMPLAINTS_MAX} more mistakes.")
    return " ".join(sentences)


def _sentence(mistake: ErrorDetails) -> str:
    key, given = _key(mistake["loc"]), _short(mistake["input"])
    empty = mistake["type"] == "too_short" and mistake["input"] == ""
    words = _WRONG.get("empty" if empty else mistake["type"], "is wrong: {message}, not {given}")
    wrong = words.format(given=given, message=mistake["msg"].lower(), **mistake.get("ctx", {}))
    return f"The key '{key}' {wrong}." if key else f"The outcome {wrong}."


def _key(location: tuple[int | str, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
