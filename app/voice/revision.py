"""The words of a revision: a reply in each thread, and one closing table."""

from app.domain.conversation import Disposition, Item
from app.domain.effects import SayRevised
from app.voice.text import cell, prose, within

_SAID = {
    Disposition.FIXED: "Fixed in {sha}",
    Disposition.DECLINED: "Declined",
    Disposition.ANSWERED: "Answered",
    Disposition.ASKED: "A question back to you",
}


def reply(item: Item, sha: str) -> str:
    """The reply in a thread: what became of what was asked, and why."""
    head = _SAID[item.disposition].format(sha=sha[:10])
    last = " Reply here, and I take it up." if item.disposition is Disposition.ASKED else ""
    return within(f"{head}: {prose(item.note)}{last}")


def closing(effect: SayRevised) -> str:
    """The one closing comment: everything that was asked for, and what became of each."""
    rows = [
        f"| {cell(item.where, 120)} | {_SAID[item.disposition].format(sha=effect.sha[:10])} | {cell(item.note, 300)} |"
        for item in effect.items
    ]
    count = len(effect.items)
    if not rows:
        return f"@{effect.login}, I looked again, and nothing that was asked for is still open. Please have another look."
    head = f"@{effect.login}, I have taken up {'your comment' if count == 1 else f'all {count} comments'}. Please have another look."
    return within(
        "\n".join([head, "", "| where | what became of it | in a sentence |", "|---|---|---|", *rows])
    )
