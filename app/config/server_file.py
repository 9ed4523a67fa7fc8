"""`handoff.toml`: the server's settings as a file, flat, read strictly, and written with its owner's comments kept.

It holds commands that will be run. So the one in the data folder counts only while nobody but us may write there;
the one that `HANDOFF_CONFIG` names is somebody's explicit wish. A key that we do not know is an error, never silence.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app.config.private import SERVER_FILE_NAME, make_ours, why_not_ours, write_whole
from app.config.schema import server_schema
from app.domain.errors import BadConfiguration, Refused

SCHEMA_NAME = "handoff.toml.schema.json"
HEAD = f"""\
#:schema ./{SCHEMA_NAME}
# The settings of this Handoff; every key is explained in docs/configuration.md and by `handoff settings`.
# A variable of the environment counts over the same key here: HANDOFF_AGENT over agent.
# It may hold commands that are run, and secrets, so only you may read it (mode 0600).

"""


@dataclass(frozen=True, slots=True)
class ServerFile:
    """What a settings file says: its values by setting, and the line that each stands on."""

    path: Path
    values: Mapping[str, str | int] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def place(self, key: str) -> str:
        """Return where a key stands, as a complaint begins: `/data/handoff.toml, line 3: runs`."""
        line = self.lines.get(key)
        return f"{self.path}, line {line}: {key}" if line else f"{self.path}: {key}"


def why_ignored(path: Path) -> str | None:
    """Return a sentence when there is a settings file in a data folder that is not ours alone, else None."""
    if not path.exists():
        return None
    because = why_not_ours(path.parent)
    if because is None:
        return None
    return (
        f"{path} is ignored: it may name commands to run, and its folder is not private: {because}. If you wrote "
        f"it, run `chmod 700 {path.parent}`."
    )


def read_server_file(path: Path, known: Iterable[str], secret: Iterable[str]) -> ServerFile:
    """Read a settings file. `known` are the settings there are, `secret` those of them that nobody may see.

    Raises:
        BadConfiguration: one line for each key that is unknown or has no place there, or what is wrong with the file.
    """
    try:
        text = path.read_text(encoding="utf-8")
        written = tomllib.loads(text)
    except OSError as error:
        raise BadConfiguration(
            f"{path} cannot be read ({(error.strerror or 'unreadable').lower()})."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfiguration(f"{path} is not valid TOML: {error}.") from None
    found = ServerFile(path, written, _lines(text))
    problems = [
        *(_unknown(found, key, known) for key in written if key not in known),
        *(_not_simple(found, key) for key in written if key in known and not _simple(written[key])),
        *_exposed(found, secret),
    ]
    if problems:
        raise BadConfiguration("\n".join(problems))
    return ServerFile(path, {key: value for key, value in written.items() if value != ""}, found.lines)


def write_server_file(data: Path, values: Mapping[str, str | int]) -> Path:
    """Set some keys in the settings file of a data folder, made if need be; what else it says stays. Returns its path.

    The schema that its first line names is written beside it, for editors.

    Raises:
        Refused: what is there is not valid TOML, so its owner has to look at it; or the folder is not private.
        BadConfiguration: it cannot be written.
    """
    make_ours(data)
    path = data / SERVER_FILE_NAME
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else HEAD)
        document.update(values)
        write_whole(data / SCHEMA_NAME, json.dumps(server_schema(), indent=2) + "\n")
        write_whole(path, tomlkit.dumps(document))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise Refused(f"{path} is not valid TOML, so I leave it alone: {error}. Please mend it.") from error
    except OSError as error:
        raise BadConfiguration(f"{path} cannot be written ({(error.strerror or '').lower()}).") from error
    return path


def _unknown(found: ServerFile, key: str, known: Iterable[str]) -> str:
    close = get_close_matches(key, known, n=1)
    return f"{found.place(key)} is no setting of mine.{f' Did you mean {close[0]}?' if close else ''}"


def _not_simple(found: ServerFile, key: str) -> str:
    return f'{found.place(key)} is wrong: it should be a text in quotes or a whole number, as in {key} = "…".'


def _simple(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _exposed(found: ServerFile, secret: Iterable[str]) -> list[str]:
    because = why_not_ours(found.path)
    if because is None:
        return []
    return [
        f"{found.place(key)} is a secret, and {because}. Run `chmod 600 {found.path}`, and replace the secret if "
        "somebody may have seen it."
        for key in secret
        if key in found.values
    ]


def _lines(text: str) -> dict[str, int]:
    """Return the line of each top-level key: files are flat, so a line that begins with `key =` is it."""
    begins = re.compile(r"""\s*(?:\[+\s*)?["']?([\w-]+)["']?\s*[=.\]]""")
    found: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if (match := begins.match(line)) is not None:
            found.setdefault(match[1], number)
    return found
