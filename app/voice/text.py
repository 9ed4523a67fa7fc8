"""Markdown as a material: quoting what others wrote, and keeping within GitHub's length. No sentences live here."""

import html
import re

BODY_LIMIT = 64_000
"""Characters we allow ourselves; GitHub refuses a body of more than 65,536 (observed 422)."""

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)


def fenced(text: str, language: str = "") -> str:
    """Return a code block that nothing inside it can close: its fence is longer than any run of backticks."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


def one_line(text: str, limit: int = 300) -> str:
    """Return a text as one line that starts no mention, no comment and no markup block."""
    flat = " ".join(text.split()).replace("<!--", "&lt;!--").replace("@", "@\u200b")
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def cell(text: str, limit: int = 160) -> str:
    """Return a text as the cell of a table: one line, with nothing that ends the cell."""
    return one_line(text, limit).replace("\\", "\\\\").replace("|", "\\|")


def code(text: str, limit: int = 120) -> str:
    """Return a text as inline code for places where Markdown is not read, such as a summary."""
    return f"<code>{html.escape(one_line(text, limit), quote=False)}</code>"


def prose(text: str, limit: int = 4_000) -> str:
    """Return an agent's prose, fit to stand in a comment of ours: no hidden comments, no mentions, bounded."""
    clean = text.replace("<!--", "&lt;!--").strip()
    return within(re.sub(r"(?<![\w`])@(?=\w)", "@\u200b", clean), limit)


def folded(summary: str, content: str) -> str:
    """Return a block that people open when they want to."""
    return f"<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>"


def within(text: str, limit: int = BODY_LIMIT) -> str:
    """Return a text of at most about `limit` characters, with its open code block and details closed."""
    if len(text) <= limit:
        return text
    cut = text[:limit].rsplit("\n", 1)[0]
    note = "\n\n*The rest is left out: it would not fit into a comment.*"
    return _closed(cut) + note


def _closed(text: str) -> str:
    open_fence: str | None = None
    for match in _FENCE.finditer(text):
        fence = match.group(1)
        if open_fence is None:
            open_fence = fence
        elif fence[0] == open_fence[0] and len(fence) >= len(open_fence):
            open_fence = None
    closed = text + (f"\n{open_fence}" if open_fence else "")
    missing = closed.count("<details>") - closed.count("</details>")
    return closed + "\n\n</details>" * max(0, missing)
