"""Comments as a page shows them: GitHub's Markdown, without raw HTML beyond `safe_html`.

`#12`, `@ada` and commits become links where they exist, bare addresses become links, HTML comments (where programs
keep their marks) are invisible, images are links so that no page loads anything from elsewhere.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

from localhub.pages.safe_html import Balance
from localhub.pages.tasks import TASK, mark_boxes

Refer = Callable[[str], str | None]
_REFERENCE = re.compile(
    r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'*]"
    r"|(?<![\w/&#])#\d{1,9}\b"
    r"|(?<![\w/.@])@[A-Za-z0-9][\w-]*"
    r"|(?<![\w/.-])(?=[0-9a-f]*\d)[0-9a-f]{10,40}(?![\w/.-]*\w)"
)
_ALERT = re.compile(r"^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$", re.IGNORECASE)


def nowhere(_word: str) -> None:
    """Refer to nothing: for texts that stand in no repository."""


def markdown(text: str, refer: Refer = nowhere, *, tickable: bool = False) -> Markup:
    """A text as HTML. `refer` gives the address of `#12`, `@ada` or a commit, or None; boxes are buttons if `tickable`."""
    balance = Balance()
    environment = {"balance": balance, "refer": refer, "tickable": tickable, "links": 0}
    html = _parser().render(text, environment) + balance.rest()
    return Markup(html)  # noqa: S704 - made by the renderer below, which escapes every text


@cache
def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"breaks": True}, renderer_cls=_Renderer).enable(
        ["table", "strikethrough"]
    )
    made.core.ruler.push("task_boxes", mark_boxes)
    made.core.ruler.push("alerts", _mark_alerts)
    return made


def _mark_alerts(state: StateCore) -> None:
    """`> [!WARNING]` becomes a quotation with a title."""
    for quote, paragraph, inline in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if (quote.type, paragraph.type, inline.type) != ("blockquote_open", "paragraph_open", "inline"):
            continue
        children = inline.children or []
        match = _ALERT.match(children[0].content) if children else None
        if match:
            quote.attrJoin("class", f"alert {match[1].lower()}")
            title = Token("alert_title", "b", 0, content=match[1].capitalize())
            inline.children = [title, *children[1:]]


class _Renderer(RendererHTML):
    """Rules of our own for what GitHub shows in its own way."""

    def html_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: Any) -> str:
        return str(env["balance"].passed(tokens[idx].content))

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return self.html_block(tokens, idx, options, env)

    def text(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: Any) -> str:
        return escape(tokens[idx].content) if env["links"] else _with_links(tokens[idx].content, env["refer"])

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        env["links"] += 1
        tokens[idx].attrSet("rel", "nofollow noopener noreferrer")
        return self.renderToken(tokens, idx, options, env)

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        env["links"] -= 1
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        words = escape(self.renderInlineAsText(tokens[idx].children or [], options, env) or "image")
        return words if env["links"] else _link(str(tokens[idx].attrGet("src") or ""), f"image: {words}")

    def fence(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: Any) -> str:
        language = (tokens[idx].info.split() or [""])[0]
        code = f"<pre><code>{escape(tokens[idx].content)}</code></pre>\n"
        if language != "suggestion":
            return code
        return f'<div class="suggestion"><p>Suggested change</p>{code}</div>\n'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<div class="wide">{self.renderToken(tokens, idx, options, env)}'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"{self.renderToken(tokens, idx, options, env)}</div>\n"

    def alert_title(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: Any) -> str:
        return f'<b class="title">{escape(tokens[idx].content)}</b>'

    def task_box(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, env: Any) -> str:
        task = tokens[idx].meta["task"]
        sign, state = ("✓", "true") if task.ticked else ("", "false")
        off = "" if env["tickable"] else " disabled"
        return (
            f'<button class="box" role="checkbox" aria-checked="{state}" aria-label="Tick this item" '
            f'name="tick" value="{task.key}"{off}>{sign}</button> '
        )


assert hasattr(_Renderer, TASK)


def _with_links(text: str, refer: Refer) -> str:
    parts, at = [], 0
    for match in _REFERENCE.finditer(text):
        word = match[0]
        address = word if word.startswith("http") else refer(word)
        parts += [
            escape(text[at : match.start()]),
            escape(word) if address is None else _link(address, escape(word)),
        ]
        at = match.end()
    return "".join((*parts, escape(text[at:])))


def _link(address: str, words: str) -> str:
    return f'<a href="{escape(address)}" rel="nofollow noopener noreferrer">{words}</a>'
