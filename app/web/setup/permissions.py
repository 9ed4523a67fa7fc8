"""What the App may do, in plain words, for the page that a person reads before agreeing to it. Pure."""

from collections.abc import Mapping

_WORDS: Mapping[tuple[str, str], str] = {
    ("metadata", "read"): "See which repositories it is installed on, and what role a person has there.",
    (
        "contents",
        "write",
    ): "Read the code, and push branches of its own. It never pushes to your default branch.",
    ("issues", "write"): "Read issues, comment on them, and take its label off again.",
    (
        "pull_requests",
        "write",
    ): "Open pull requests, keep them up to date, and review them. It never approves or merges.",
    ("checks", "write"): "Show the result of its checks on a pull request.",
}


def in_plain_words(permissions: Mapping[str, str]) -> list[str]:
    """Return a sentence for each permission; one that has none is said as GitHub calls it."""
    return [
        _WORDS.get((name, level), f"{name.replace('_', ' ').capitalize()}: {level}.")
        for name, level in permissions.items()
    ]
