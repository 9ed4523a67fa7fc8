"""The pages of the pretend GitHub: what a person sees and does in a browser.

They read the world and hand every act to the verbs of `localhub.control`, so the same roles and rules hold as
everywhere. They refuse to hold rules of their own, and to need JavaScript.

To add a page: `@page("GET", "/settings/apps/new")` over `async def new_app(request: Request) -> Response`, in a
module that `localhub/pages/table.py` imports. `render(request, "mine.html", **values)` answers with a template, and
`templates/base.html` is what it extends (blocks `title` and `content`). `hub_of(request)` is the hub,
`acting_person(request)` who the person in the browser is, `form_of(request)` the fields of a posted form. A form that
another site posts here (the App manifest) needs `@page("POST", …, from_anywhere=True)`; all others are refused.
"""

from localhub.pages.asking import form_of, hub_of
from localhub.pages.person import acting_person
from localhub.pages.rendering import render
from localhub.pages.routing import page

__all__ = ["acting_person", "form_of", "hub_of", "page", "render"]
