"""Secrets of checks: files that only we may read, for one repository each, and no value in any sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.config.check_secrets import FOLDER, remove_secret, secret_names, secrets_for, set_secret
from app.domain.errors import BadConfiguration, NotFound, Refused
from app.domain.ids import Repository

CLOCK = Repository(id=7, owner="Acme", name="Clock", installation_id=1)
VALUE = "a-value-that-nobody-sees"


def test_what_is_set_is_there_under_any_spelling_of_the_name_and_readable_by_us_alone(tmp_path: Path):
    set_secret(tmp_path / "data", "acme/clock", "TOKEN", VALUE)

    assert secrets_for(tmp_path / "data", CLOCK, ["TOKEN"]) == {"TOKEN": VALUE}
    for path in (tmp_path / "data").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_second_value_takes_the_place_of_the_first(tmp_path: Path):
    set_secret(tmp_path, "acme/clock", "TOKEN", VALUE)
    set_secret(tmp_path, "ACME/clock", "TOKEN", VALUE * 2)

    assert secrets_for(tmp_path, CLOCK, ["TOKEN"]) == {"TOKEN": VALUE * 2}


def test_lines_and_spaces_of_a_value_stay(tmp_path: Path):
    set_secret(tmp_path, "acme/clock", "KEY", " -----BEGIN-----\nabc\n ")

    assert secrets_for(tmp_path, CLOCK, ["KEY"]) == {"KEY": " -----BEGIN-----\nabc\n "}


def test_only_what_is_asked_for_is_read_and_nothing_asked_needs_no_folder(tmp_path: Path):
    assert secrets_for(tmp_path / "nowhere", CLOCK, []) == {}
    set_secret(tmp_path, "acme/clock", "TOKEN", VALUE)
    set_secret(tmp_path, "acme/clock", "OTHER", VALUE)

    assert set(secrets_for(tmp_path, CLOCK, ["OTHER"])) == {"OTHER"}


def test_a_name_that_nobody_has_set_is_a_sentence_with_the_command(tmp_path: Path):
    set_secret(tmp_path, "acme/clock", "TOKEN", VALUE)

    with pytest.raises(
        Refused, match=r"need the secret `MISSING`, .*`handoff secret set Acme/Clock MISSING`"
    ):
        secrets_for(tmp_path, CLOCK, ["TOKEN", "MISSING"])


def test_whoever_takes_over_a_repositorys_name_gets_nothing(tmp_path: Path):
    set_secret(tmp_path, "acme/clock", "TOKEN", VALUE)
    secrets_for(tmp_path, CLOCK, ["TOKEN"])

    with pytest.raises(Refused, match="were set for another repository that had this name") as refusal:
        secrets_for(tmp_path, replace(CLOCK, id=8), ["TOKEN"])
    assert VALUE not in str(refusal.value)

    remove_secret(tmp_path, "acme/clock", "TOKEN")
    set_secret(tmp_path, "acme/clock", "TOKEN", VALUE)
    assert secrets_for(tmp_path, replace(CLOCK, id=8), ["TOKEN"]) == {"TOKEN": VALUE}


@pytest.mark.parametrize(
    ("repository", "name", "value"),
    [
        ("acme/clock", "TOKEN", "short"),
        ("acme/clock", "TOKEN", "        short        "),
        ("acme/clock", "TOKEN", "x" * 70_000),
        ("acme/clock", "TOKEN", "a\0b-and-more"),
        ("acme/clock", "HOME", VALUE),
        ("acme/clock", "../TOKEN", VALUE),
        ("acme/clock", ".repository-id", VALUE),
        ("acme", "TOKEN", VALUE),
        ("../..", "TOKEN", VALUE),
        ("acme/..", "TOKEN", VALUE),
        ("acme/clock/more", "TOKEN", VALUE),
    ],
)
def test_what_cannot_be_a_secret_is_refused_without_its_value(
    tmp_path: Path, repository: str, name: str, value: str
):
    with pytest.raises(Refused) as refusal:
        set_secret(tmp_path / "data", repository, name, value)

    assert value not in str(refusal.value)
    assert not (tmp_path / "data").exists()


def test_names_are_listed_and_what_is_removed_is_gone(tmp_path: Path):
    for name in ("ZULU", "ALPHA"):
        set_secret(tmp_path, "acme/clock", name, VALUE)
    secrets_for(tmp_path, CLOCK, ["ZULU"])
    assert secret_names(tmp_path, "Acme/clock") == ("ALPHA", "ZULU")

    remove_secret(tmp_path, "acme/clock", "ZULU")
    remove_secret(tmp_path, "acme/clock", "ALPHA")

    assert secret_names(tmp_path, "acme/clock") == ()
    assert not list((tmp_path / FOLDER).rglob("*/*/*"))
    with pytest.raises(NotFound, match="There is no secret `ZULU` for acme/clock"):
        remove_secret(tmp_path, "acme/clock", "ZULU")


def test_a_file_that_others_may_read_is_not_used(tmp_path: Path):
    set_secret(tmp_path, "acme/clock", "TOKEN", VALUE)
    (tmp_path / FOLDER / "acme/clock/TOKEN").chmod(0o644)

    with pytest.raises(BadConfiguration, match="The secret `TOKEN` is not used: other users may read"):
        secrets_for(tmp_path, CLOCK, ["TOKEN"])


def test_a_link_in_place_of_a_secret_is_not_followed(tmp_path: Path):
    set_secret(tmp_path, "acme/clock", "TOKEN", VALUE)
    secret = tmp_path / FOLDER / "acme/clock/TOKEN"
    secret.rename(tmp_path / "elsewhere")
    secret.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(BadConfiguration, match="is not used: it is a link"):
        secrets_for(tmp_path, CLOCK, ["TOKEN"])
