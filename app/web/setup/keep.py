"""Puts away what GitHub told about the new App, and lets the person who registered it in. It asks GitHub nothing."""

import logging
import secrets

from app.config.keyboard import user
from app.config.registration import Registration, register
from app.config.server_file import write_server_file
from app.config.set_up import SetUpSettings
from app.domain.credentials import owner_session
from app.domain.errors import HandoffError
from app.github.manifest import Registered
from app.ledger.store import Ledger
from app.web.setup.wish import Wish

SECRET_BYTES = 32

logger = logging.getLogger(__name__)


async def keep(settings: SetUpSettings, app: Registered, wish: Wish) -> str:
    """Put the secrets where only we may read them; return a session for the person, empty if none can be made.

    Raises:
        Refused: an App is registered here already.
        BadConfiguration: the data folder cannot be written.
        OSError: a file in it cannot be.
    """
    register(
        settings.data,
        Registration(
            app_id=app.app_id,
            slug=app.slug,
            name=app.name,
            client_id=app.client_id,
            html_url=app.html_url,
            owner=app.owner,
        ),
        private_key=app.private_key,
        # Without one, nobody signs deliveries; one that nobody knows then keeps everybody out.
        webhook_secret=app.webhook_secret or secrets.token_hex(SECRET_BYTES),
        client_secret=app.client_secret,
    )
    _choose(settings, wish.settings)
    return await _session(settings)


def _choose(settings: SetUpSettings, chosen: dict[str, str]) -> None:
    """Keep the agent as a setting. Where that fails, starting says that there is none; the App is registered."""
    if not chosen:
        return
    try:
        write_server_file(settings.data, chosen)
    except HandoffError as trouble:
        logger.warning("The agent could not be kept as a setting: %s", trouble)


async def _session(settings: SetUpSettings) -> str:
    """Log the person in who registered the App: they had the link that only this machine's owner sees."""
    try:
        ledger = await Ledger.open(settings.database)
        try:
            return await ledger.grant(owner_session(user()))
        finally:
            await ledger.close()
    except HandoffError as trouble:
        logger.warning("The person could not be logged in, and will be asked to: %s", trouble)
        return ""
