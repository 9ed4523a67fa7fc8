"""A browser of a few lines: follows redirects, keeps cookies, reads forms, and sends them as they stand on the page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from localhub.loopback import loopback_client


@dataclass
class Form:
    """A form: where it goes, and what it would send."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """Finds what a person could click on."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.text = ""
        self._link = ""
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        match tag:
            case "form":
                self.forms.append(Form(said.get("action", ""), said.get("method", "get")))
            case "input" if self.forms and "name" in said:
                if said.get("type") not in {"radio", "checkbox"} or "checked" in said:
                    self.forms[-1].fields[said["name"]] = said.get("value", "")
            case "a":
                self._link = said.get("href", "")
            case "script" | "style":
                self._silent = True
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._silent = False

    def handle_data(self, data: str) -> None:
        if self._link and data.strip():
            self.links[data.strip()] = self._link
            self._link = ""
        if not self._silent:
            self.text = " ".join(f"{self.text} {data}".split())


class Browser:
    """One person's browser."""

    def __init__(self) -> None:
        self.client = loopback_client(30)
        self.client.follow_redirects = True
        self.answer = httpx.Response(204)

    @property
    def page(self) -> Reader:
        return Reader(self.answer.text)

    @property
    def url(self) -> str:
        return str(self.answer.url)

    async def open(self, url: str) -> httpx.Response:
        self.answer = await self.client.get(url)
        return self.answer

    async def send(self, action: str = "", **changed: str | None) -> httpx.Response:
        """Send the first form whose address contains `action`, with some fields filled in, or left out (None)."""
        form = next(each for each in self.page.forms if action in each.action)
        fields = {name: value for name, value in {**form.fields, **changed}.items() if value is not None}
        self.answer = await self.client.request(form.method, urljoin(self.url, form.action), data=fields)
        return self.answer
