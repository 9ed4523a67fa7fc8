"""The commands that let people and programs in. They open the ledger: whoever may do that owns this installation."""

from datetime import UTC, datetime

from app.cli.ledger import opened
from app.config import Settings
from app.domain.credentials import link, token
from app.domain.errors import NotFound, Refused
from app.ledger.rows import Credential
from app.ledger.store import Ledger
from app.telling.phrases import ago

NAME_CHARACTERS_MAX = 100


async def make_link(settings: Settings, port: int, user: str) -> str:
    """Return a link that lets somebody in, once and within ten minutes. The ledger is made where there is none yet."""
    ledger = await Ledger.open(settings.database)
    try:
        return await _link(ledger, settings, port, user)
    finally:
        await ledger.close()


async def log_in(settings: Settings, port: int, user: str) -> str:
    """Return the link, and what it is."""
    async with opened(settings) as ledger:
        there = await _link(ledger, settings, port, user)
    said = f"{there}\n\nOpen it in your browser. It works once, within ten minutes."
    if port or settings.public_url:
        return said
    return f"{said} HANDOFF_PORT is 0: put the port in it that `handoff up` chose."


async def _link(ledger: Ledger, settings: Settings, port: int, user: str) -> str:
    secret = await ledger.grant(link(user))
    return f"{settings.public_url or f'http://localhost:{port}'}/login?link={secret}"


async def create_token(settings: Settings, name: str) -> str:
    """Make a token and return it; nobody can return it once more.

    Raises:
        Refused: there is one of that name, or the name is no name.
    """
    if not name.strip() or len(name) > NAME_CHARACTERS_MAX or not name.isprintable():
        raise Refused(f"A token's name has 1 to {NAME_CHARACTERS_MAX} characters that can be printed.")
    async with opened(settings) as ledger:
        return await ledger.grant(token(name))


async def list_tokens(settings: Settings) -> str:
    """Return the tokens there are, without their secrets."""
    async with opened(settings) as ledger:
        tokens, now = await ledger.tokens(), datetime.now(UTC)
    if not tokens:
        return "There is no token. `handoff token create NAME` makes one."
    return "\n".join(_line(each, now) for each in tokens)


async def revoke_token(settings: Settings, name: str) -> str:
    """Make a token worthless.

    Raises:
        NotFound: there is none of that name.
    """
    async with opened(settings) as ledger:
        if not await ledger.revoke_token(name):
            raise NotFound(f"There is no token `{name}`. `handoff token list` shows those there are.")
    return f"The token `{name}` is revoked. Whoever uses it is refused from now on."


def _line(each: Credential, now: datetime) -> str:
    used = f"used {ago(each.used_at, now)} ago" if each.used_at else "never used"
    return f"{each.name:<30}  made {ago(each.created_at, now)} ago, {used}"
