"""Which files pin dependencies, and when what was fetched for them has another name."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.kept_caches import Kept, let_go
from app.domain.lock_files import key_of, pinning

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_lock_files_count_wherever_they_lie_and_manifests_do_not_beside_them():
    paths = ["package.json", "package-lock.json", "web/yarn.lock", "src/uv.lock", "README.md", "go.sum"]
    assert pinning(paths) == ("go.sum", "package-lock.json", "src/uv.lock", "web/yarn.lock")


def test_requirements_count_by_any_of_their_usual_names():
    paths = [
        "requirements.txt",
        "dev-requirements.txt",
        "requirements/base.in",
        "requirements-3.11.txt",
        "notes.txt",
    ]
    assert set(pinning(paths)) == set(paths) - {"notes.txt"}


def test_without_a_lock_file_the_manifests_stand_for_it():
    assert pinning(["package.json", "index.js", "api/pyproject.toml"]) == (
        "api/pyproject.toml",
        "package.json",
    )


def test_what_other_people_pin_for_themselves_does_not_count():
    assert pinning(["node_modules/a/package-lock.json", "vendor/b/go.sum", "a.py"]) == ()


def test_another_lock_another_command_another_tool_is_another_name():
    usual = {"made_with": ["python 3.11"], "setup": ["npm ci"], "files": {"a.lock": "1"}}
    keys = {
        key_of(**usual),
        key_of(**usual | {"files": {"a.lock": "2"}}),
        key_of(**usual | {"files": {"b.lock": "1"}}),
        key_of(**usual | {"setup": ["npm install"]}),
        key_of(**usual | {"made_with": ["python 3.12"]}),
    }
    assert len(keys) == 5
    assert key_of(**usual) == key_of(**usual)


def kept(key: str, size: int, days: float) -> Kept:
    return Kept(key=key, bytes=size, used_at=NOW - timedelta(days=days))


def test_what_nobody_used_for_a_fortnight_goes():
    assert let_go([kept("old", 1, 14.1), kept("new", 1, 13.9)], NOW) == ("old",)


def test_beyond_the_size_the_oldest_used_goes():
    caches = [kept("a", 4, 3), kept("b", 4, 2), kept("c", 4, 1)]
    assert let_go(caches, NOW, bytes_max=9) == ("a",)


@given(st.lists(st.tuples(st.integers(0, 20), st.floats(0, 30)), max_size=12))
def test_what_stays_fits_and_was_used_lately(rows):
    caches = [kept(str(number), size, days) for number, (size, days) in enumerate(rows)]
    gone = let_go(caches, NOW, bytes_max=25)
    stays = [cache for cache in caches if cache.key not in gone]
    assert sum(cache.bytes for cache in stays) <= 25
    assert all(NOW - cache.used_at <= timedelta(days=14) for cache in stays)
