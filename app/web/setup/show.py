"""The pages of setting up, each from the values that it shows. It decides nothing."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from app.github.manifest import NAME_CHARACTERS_MAX
from app.web.setup.agents import Offer
from app.web.setup.permissions import in_plain_words
from app.web.setup.place import DONE, Place
from app.web.setup.render import OURSELVES, origin, page
from app.web.setup.wish import OWN, Complaints, Wish

FIELDS = ("name", "account", "organization", "agent", "agent_line", "model_url")


def ask(
    place: Place,
    offers: Sequence[Offer],
    said: Mapping[str, str],
    complaints: Complaints,
    form_token: str,
) -> Response:
    """Ask what the App shall be: with what was said before, and what was wrong with it."""
    return page(
        "start.html",
        status=422 if complaints else 200,
        forms_go_to=OURSELVES,
        said={name: said.get(name, "") for name in FIELDS},
        complaints={name: complaints.get(name, "") for name in FIELDS},
        offers=offers,
        own=OWN,
        agent_known=place.agent,
        form_token=form_token,
        name_characters_max=NAME_CHARACTERS_MAX,
        deliveries=place.addresses.deliveries,
    )


def confirm(place: Place, wish: Wish, manifest: Mapping[str, Any], state: str) -> Response:
    """Say what the App may do, with the button that leads to GitHub."""
    return page(
        "confirm.html",
        forms_go_to=origin(place.github),
        wish=wish,
        permissions=in_plain_words(manifest["default_permissions"]),
        manifest=json.dumps(manifest),
        address=wish.address(place.github, state),
    )


def registered(name: str) -> Response:
    """Say that it is done; the page goes on when Handoff has started."""
    return page("registered.html", waits=True, name=name, next=DONE)


def sorry(title: str, sentence: str, *, status: int, again: bool = False) -> Response:
    """Say what went wrong, and what to do."""
    return page("sorry.html", status=status, title=title, sentence=sentence, again=again)
