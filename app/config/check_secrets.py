"""The secrets of a repository's checks: a file for each in the data folder, which only we may read. Never in the ledger.

They lie under the repository's name, because that is what people type, and belong to its id as well, which the
first run writes down: whoever takes over a name that was given up does not get what was set for its former owner.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from app.config.private import make_ours, why_not_ours, write_whole
from app.domain.errors import BadConfiguration, NotFound, Refused
from app.domain.ids import Repository
from app.domain.policy.names import wrong_with_name
from app.domain.redaction import VALUE_CHARACTERS_MIN

FOLDER = Path("secrets", "checks")
VALUE_CHARACTERS_MAX = 65_536
_ID = ".repository-id"
_PART = re.compile(r"(?!\.{1,2}$)[a-z0-9._-]{1,100}")


def set_secret(data: Path, full_name: str, name: str, value: str) -> None:
    """Keep a value, in place of the one that was there.

    Raises:
        Refused: the name or the value cannot be used; the sentence never shows the value.
    """
    if wrong := wrong_with_name(name):
        raise Refused(f"`{name[:100]}` {wrong}.")
    if "\0" in value or len(value) > VALUE_CHARACTERS_MAX:
        raise Refused(
            f"The value has to be text of at most {VALUE_CHARACTERS_MAX:,} characters; nothing was kept."
        )
    if len(value.strip()) < VALUE_CHARACTERS_MIN:
        raise Refused(
            f"The value has fewer than {VALUE_CHARACTERS_MIN} characters, so it could not be kept out of logs without "
            "blanking out ordinary words. Use a longer one; nothing was kept."
        )
    folder = _folder(data, full_name)
    for each in (data, data / "secrets", data / FOLDER, folder.parent, folder):
        make_ours(each)
    write_whole(folder / name, value)


def secret_names(data: Path, full_name: str) -> tuple[str, ...]:
    """Return the names that are set for a repository, sorted."""
    folder = _folder(data, full_name)
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")))


def remove_secret(data: Path, full_name: str, name: str) -> None:
    """Forget a value; with the last one, whom it belonged to.

    Raises:
        NotFound: there is none of that name.
    """
    folder = _folder(data, full_name)
    if name not in secret_names(data, full_name):
        raise NotFound(
            f"There is no secret `{name[:100]}` for {full_name}. `handoff secret list {full_name}` shows those there are."
        )
    (folder / name).unlink(missing_ok=True)
    if not secret_names(data, full_name):
        (folder / _ID).unlink(missing_ok=True)
        with suppress(OSError):
            folder.rmdir()


def secrets_for(data: Path, repository: Repository, names: Iterable[str]) -> dict[str, str]:
    """Return the values of the names that a repository's file asks for.

    Raises:
        Refused: one of them is not set, or they were set for another repository that had this name.
        BadConfiguration: the files are not ours alone, or cannot be read.
    """
    wanted = tuple(names)
    if not wanted:
        return {}
    folder, full_name = _folder(data, repository.full_name), repository.full_name
    there = secret_names(data, full_name)
    missing = [name for name in wanted if name not in there]
    if missing:
        raise Refused(_missing(full_name, missing))
    _belongs(folder, repository)
    return {name: _value(folder / name) for name in wanted}


def _missing(full_name: str, names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names)
    return (
        f"The checks of {full_name} need the secret{'s' if len(names) > 1 else ''} {shown}, which nobody has set where "
        f"Handoff runs. Whoever runs it sets one with `handoff secret set {full_name} {names[0]}`, its value on "
        "standard input"
    )


def _belongs(folder: Path, repository: Repository) -> None:
    """Write down whose secrets these are, or see that they are this repository's."""
    path, this = folder / _ID, str(repository.id)
    if not path.exists():
        write_whole(path, this)
    elif path.read_text(encoding="utf-8") != this:
        raise Refused(
            f"The secrets that are set for {repository.full_name} were set for another repository that had this name. "
            f"Whoever runs Handoff removes each with `handoff secret remove {repository.full_name} NAME` and sets it anew"
        )


def _value(path: Path) -> str:
    because = why_not_ours(path.parent) or why_not_ours(path)
    if because is not None or path.is_symlink():
        raise BadConfiguration(
            f"The secret `{path.name}` is not used: {because or 'it is a link'}. Whoever runs Handoff sets it anew."
        )
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BadConfiguration(
            f"The secret `{path.name}` cannot be read. Whoever runs Handoff sets it anew."
        ) from None


def _folder(data: Path, full_name: str) -> Path:
    """Return the folder of a repository; GitHub's names do not heed the case."""
    parts = full_name.lower().split("/")
    if len(parts) != 2 or not all(_PART.fullmatch(part) for part in parts):
        raise Refused(f"{full_name!r} is no repository; write it as OWNER/REPO, like ada/demo.")
    return data / FOLDER / parts[0] / parts[1]
