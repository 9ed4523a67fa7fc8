"""The commands in words: the help in a comment and the page `docs/commands.md`, both from the one table."""

from app.domain.commands import COMMANDS_MAX
from app.domain.verbs import VERBS
from app.voice.text import within


def help_text() -> str:
    """The answer to `/handoff help`."""
    opening = "You can steer me by a comment with a line of its own, here or on the pull request:"
    closing = "I listen to people who may write to this repository, and to new comments only: an edited one runs nothing."
    return within(f"{opening}\n\n{_table()}\n\n{closing}")


def commands_page() -> str:
    """The page `docs/commands.md`."""
    parts = [
        "# Commands",
        "_Generated from `app/domain/verbs.py` by `make docs`; do not edit._",
        "Write one of these on a line of its own, in a comment on the issue or on the pull request.",
        _table(),
        "## What counts as a command",
        _RULES,
        "## Without commands",
        _BESIDES,
    ]
    return "\n\n".join(parts) + "\n"


_RULES = f"""\
- The line begins with `/handoff`, in your own text. What GitHub shows as a quote, as code or not at all is not read; leave an empty line below a quote that you answer.
- A comment may hold up to {COMMANDS_MAX} commands, which I take one after the other.
- Only a new comment counts. An edited one never runs anything: write another.
- Nearly a command, such as `/handoff stpo`, gets a hint and does nothing. Other lines that begin with a slash are none of my business.
- I ask GitHub for your role when your comment arrives, and again before I act: it must be write, maintain or admin."""

_BESIDES = """\
- Taking the label off stops the job, as `/handoff stop` does. Whoever runs me can stop all jobs at once; then I write nothing until I may go on.
- While a question of mine is open, any comment of yours on that issue or in that thread is the answer, and so is a tick in one of the boxes below it.
- A review that you submit on the pull request, or a comment that mentions me, asks for changes."""


def _table() -> str:
    rows = [f"| `{verb.usage}` | {verb.summary} |" for verb in VERBS.values()]
    return "\n".join(["| you write | what happens |", "| --- | --- |", *rows])
