"""Judgements on values: each level is reached, and what is not well has its fix."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.errors import BadConfiguration, Unreachable
from app.domain.ids import Actor
from app.github.shapes import AppInfo, HookConfig, HookDelivery, Installation
from app.ledger.condition import Condition
from workers.doctor.finding import Finding, Level, exit_code, problem, unknown, warning, well
from workers.doctor.judge import app, hook, machine, stores
from workers.doctor.judge.repositories import RepositorySeen, repository
from workers.doctor.look.machine import kept_bytes
from workers.doctor.show import as_json, as_text

NOW = datetime(2026, 1, 2, tzinfo=UTC)
EXPECTED = app.Expected(
    app_id=7,
    slug="handoff",
    permissions={"metadata": "read", "issues": "write"},
    events=frozenset({"issues", "pull_request"}),
    pages="https://github.com",
)
APP = AppInfo(
    id=7,
    slug="handoff",
    name="Handoff",
    permissions=dict(EXPECTED.permissions),
    events=("issues", "pull_request"),
)
INSTALLED = Installation(id=3, account=Actor(login="ada", id=1), permissions=dict(EXPECTED.permissions))
PUBLIC = "https://handoff.example"
HOOK = HookConfig(url=f"{PUBLIC}/webhooks/github", insecure_ssl="0", secret="********")
DISK = machine.Disk(folder=Path("/data"), free_bytes=50 * machine.GB, inodes_free=10**6, inodes_total=10**7)
DATABASE = Condition(
    file=Path("/data/handoff.db"), version="3.40", durable="wal", revision="0002", newest="0002"
)
POSTGRES = replace(DATABASE, file=None, durable="on")
REDIS = stores.RedisSeen(ours=False, version="7.2.4", appendonly="yes", save="", eviction="noeviction")
SEEN = RepositorySeen(name="ada/clock", page="https://github.com/ada/clock", labels=("handoff",))
AGENT = machine.AgentSeen(setting="claude", roles=("reviews",), program=Path("/usr/bin/claude"))


def delivered(number: int, status_code: int, *, guid: str = "", hours_ago: float = 1) -> HookDelivery:
    return HookDelivery(
        id=number,
        guid=guid or str(number),
        delivered_at=NOW - timedelta(hours=hours_ago),
        redelivery=False,
        status="OK",
        status_code=status_code,
        event="issues",
    )


OK, WARNING, PROBLEM, UNKNOWN = Level.OK, Level.WARNING, Level.PROBLEM, Level.UNKNOWN

CASES: dict[str, tuple[object, list[Level], str]] = {
    "the App that we are": (app.identity(APP, EXPECTED), [OK], ""),
    "another App": (app.identity(replace(APP, slug="other"), EXPECTED), [PROBLEM], "the App other"),
    "GitHub away": (app.could_not_ask("app", Unreachable("no answer.")), [UNKNOWN], "just now: no answer"),
    "a wrong key": (app.could_not_ask("app", BadConfiguration("the key.")), [PROBLEM], "the key"),
    "permissions as wanted": (app.permissions(APP, EXPECTED), [OK], ""),
    "permissions missing": (
        app.permissions(replace(APP, permissions={"metadata": "read", "issues": "read"}), EXPECTED),
        [PROBLEM],
        "lacks issues: write.",
    ),
    "permissions to spare": (
        app.permissions(replace(APP, permissions={**APP.permissions, "actions": "write"}), EXPECTED),
        [WARNING],
        "actions: write",
    ),
    "permissions missing and to spare": (
        app.permissions(replace(APP, permissions={"metadata": "read", "actions": "read"}), EXPECTED),
        [PROBLEM, WARNING],
        "",
    ),
    "a level higher than wanted": (
        app.permissions(replace(APP, permissions={"metadata": "read", "issues": "admin"}), EXPECTED),
        [WARNING],
        "issues: admin",
    ),
    "events as wanted": (app.events(APP, EXPECTED), [OK], ""),
    "events missing": (app.events(replace(APP, events=("issues",)), EXPECTED), [PROBLEM], "pull_request"),
    "events to spare": (
        app.events(replace(APP, events=(*APP.events, "push", "star")), EXPECTED),
        [WARNING],
        "push and star",
    ),
    "a clock that agrees": (app.clock(-29.0), [OK], ""),
    "a clock ahead": (app.clock(31.0), [PROBLEM], "31 seconds ahead of GitHub's"),
    "a clock behind": (app.clock(-3600.0), [PROBLEM], "3600 seconds behind"),
    "a clock that was not compared": (app.clock(None), [UNKNOWN], "did not say"),
    "installed nowhere": (app.installations([], EXPECTED), [WARNING], "on no account"),
    "installed": (app.installations([INSTALLED], EXPECTED), [OK], "on ada"),
    "suspended": (
        app.installations([replace(INSTALLED, suspended_at=NOW)], EXPECTED),
        [WARNING],
        "on ada is suspended",
    ),
    "installed with less": (
        app.installations([INSTALLED, replace(INSTALLED, permissions={"metadata": "read"})], EXPECTED),
        [OK, PROBLEM],
        "ada has not accepted all that the App asks for: issues: write.",
    ),
    "a hook to us": (hook.hook(HOOK, PUBLIC), [OK], ""),
    "a hook elsewhere": (hook.hook(HOOK, "https://new.example"), [PROBLEM], "reached at https://new.example"),
    "a hook to who knows": (hook.hook(HOOK, None), [UNKNOWN], "cannot tell"),
    "no hook": (hook.hook(HookConfig(), PUBLIC), [PROBLEM], "no webhook"),
    "a hook without a secret": (hook.hook(replace(HOOK, secret=None), PUBLIC), [OK, PROBLEM], "no secret"),
    "a hook that trusts anybody": (
        hook.hook(replace(HOOK, insecure_ssl="1"), PUBLIC),
        [OK, WARNING],
        "certificate",
    ),
    "nothing delivered lately": (
        hook.deliveries([delivered(1, 500, hours_ago=25)], NOW),
        [UNKNOWN],
        "nothing in the last day",
    ),
    "all delivered": (hook.deliveries([delivered(1, 202)], NOW), [OK], "all 1 of it"),
    "delivered at the second attempt": (
        hook.deliveries([delivered(2, 202, guid="a"), delivered(1, 500, guid="a")], NOW),
        [OK],
        "",
    ),
    "some not delivered": (
        hook.deliveries([delivered(2, 401), delivered(1, 202)], NOW),
        [WARNING],
        "1 of 2 did not arrive; the newest ended with 401.",
    ),
    "room": (machine.disk(DISK), [OK], "50.0 GB"),
    "what is kept": (
        machine.disk(replace(DISK, kept_bytes={"runs": 3 * machine.GB, "mirrors": machine.GB // 2})),
        [OK],
        "where I keep runs 3.0 GB, mirrors 0.5 GB.",
    ),
    "little room": (machine.disk(replace(DISK, free_bytes=2 * machine.GB)), [WARNING], "2.0 GB"),
    "no room": (machine.disk(replace(DISK, free_bytes=machine.GB // 2)), [PROBLEM], "Only 0.5 GB"),
    "no more files": (machine.disk(replace(DISK, inodes_free=5)), [PROBLEM], "Only 5 more files"),
    "files without number": (machine.disk(replace(DISK, inodes_free=0, inodes_total=0)), [OK], ""),
    "git": (machine.git("git version 2.38.1"), [OK], "2.38"),
    "a newer git": (machine.git("git version 3.0.0.windows.1"), [OK], ""),
    "an old git": (machine.git("git version 2.37.9"), [PROBLEM], "I need 2.38"),
    "no git": (machine.git(None), [PROBLEM], "not installed"),
    "a git that says nothing": (machine.git(""), [UNKNOWN], "does not say"),
    "a cage": (machine.cage(machine.Cage(name="bubblewrap", limits="4 GB")), [OK], "(bubblewrap, 4 GB)"),
    "a lesser cage": (machine.cage(machine.Cage(name="unshare", warning="It keeps less.")), [WARNING], ""),
    "what keeps its limits": (
        machine.cage(machine.Cage(name="unshare", limited_by=("processes: cgroup v2", "disk: watched"))),
        [OK],
        "(unshare). What keeps the limits: processes: cgroup v2; disk: watched.",
    ),
    "a cage by Landlock": (
        machine.cage(machine.Cage(name="landlock", contains=False, warning="A reduced cage.")),
        [WARNING],
        "A reduced cage.",
    ),
    "no cage wanted": (machine.cage(machine.Cage(contains=False)), [WARNING], "without a cage"),
    "no cage possible": (machine.cage(machine.Cage(because="no.")), [PROBLEM], "No cage works"),
    "an agent": (machine.agent(AGENT), [OK], "The agent that reviews is claude, found at /usr/bin/claude."),
    "an agent without a login": (machine.agent(replace(AGENT, hint="Log in.")), [OK, WARNING], ""),
    "no agent": (machine.agent(replace(AGENT, because="it is gone.")), [PROBLEM], "cannot be started"),
    "a key": (machine.key_file(Path("/k"), 0o600, parses=True), [OK], ""),
    "an open key": (machine.key_file(Path("/k"), 0o640, parses=True), [PROBLEM], "Other users"),
    "no key": (machine.key_file(Path("/k"), 0o600, parses=False), [PROBLEM], "not an RSA key"),
    "a database": (stores.database(DATABASE, "ext4"), [OK], "SQLite 3.40"),
    "PostgreSQL": (stores.database(POSTGRES, None), [OK], "PostgreSQL"),
    "no database yet": (stores.database(replace(DATABASE, exists=False), "ext4"), [OK], "no ledger yet"),
    "an empty database": (stores.database(replace(DATABASE, revision=None), "ext4"), [OK], "no ledger yet"),
    "an old database": (stores.database(replace(DATABASE, revision="0001"), "ext4"), [OK], "next start"),
    "a newer database": (stores.database(replace(DATABASE, known=False), "ext4"), [PROBLEM], "newer"),
    "a database out of reach": (
        stores.database(replace(POSTGRES, because="refused"), None),
        [PROBLEM],
        "refused",
    ),
    "a database on a network": (stores.database(DATABASE, "nfs4"), [OK, PROBLEM], "(nfs4)"),
    "a database without WAL": (
        stores.database(replace(DATABASE, durable="delete"), "ext4"),
        [OK, WARNING],
        "is delete",
    ),
    "PostgreSQL without fsync": (
        stores.database(replace(POSTGRES, durable="off"), None),
        [OK, PROBLEM],
        "fsync off",
    ),
    "a Redis": (stores.redis(REDIS), [OK], "Redis 7.2.4"),
    "an old Redis": (stores.redis(replace(REDIS, version="6.0.16")), [PROBLEM], "6.2"),
    "a Redis that forgets": (stores.redis(replace(REDIS, appendonly="no")), [OK, WARNING], "keeps nothing"),
    "a Redis that snapshots": (stores.redis(replace(REDIS, appendonly="no", save="60 1")), [OK], ""),
    "a Redis that keeps its settings to itself": (
        stores.redis(replace(REDIS, appendonly=None, save=None)),
        [OK, UNKNOWN],
        "does not tell",
    ),
    "a Redis that throws away": (
        stores.redis(replace(REDIS, memory_limit_bytes=1, eviction="allkeys-lru")),
        [OK, WARNING],
        "(allkeys-lru)",
    ),
    "a Redis that never fills": (stores.redis(replace(REDIS, eviction="allkeys-lru")), [OK], ""),
    "a Redis out of reach": (stores.redis(replace(REDIS, because="no")), [PROBLEM], "cannot be reached"),
    "our Valkey not started": (stores.redis(replace(REDIS, ours=True, because="no")), [UNKNOWN], "not run"),
    "a repository": (repository(SEEN, "Handoff"), [OK], "I detect its checks"),
    "a repository without the label": (
        repository(replace(SEEN, labels=("bug",)), "handoff"),
        [OK, WARNING],
        "no label `handoff`",
    ),
    "a repository that is archived": (repository(replace(SEEN, archived=True), "x"), [OK], "archived"),
    "a repository out of reach": (repository(replace(SEEN, because="gone."), "handoff"), [UNKNOWN], "gone."),
    "a repository with a mistake": (
        repository(replace(SEEN, configuration="\ncheks: []"), "handoff"),
        [PROBLEM],
        "In ada/clock: `.github/handoff.yml`, line 2: `cheks`",
    ),
    "a repository that checks nothing": (
        repository(replace(SEEN, configuration="checks: []"), "handoff"),
        [WARNING],
        "nothing is checked",
    ),
    "a repository whose workflows know secrets": (
        repository(replace(SEEN, workflows={"w.yml": "on: push\nenv: ${{ secrets.NPM }}"}), "handoff"),
        [OK, WARNING],
        "w.yml in ada/clock runs on push",
    ),
}


@pytest.mark.parametrize(("found", "levels", "says"), CASES.values(), ids=CASES)
def test_a_judgement(found: object, levels: list[Level], says: str):
    findings = [found] if isinstance(found, Finding) else list(found)
    assert [each.level for each in findings] == levels
    assert says in findings[-1].says
    for each in findings:
        assert each.says.endswith((".", "?"))
        assert bool(each.fix) or each.level in {OK, UNKNOWN}


@pytest.mark.parametrize(
    ("public_url", "status_code", "fix"),
    [(PUBLIC, 401, "secrets differ"), (PUBLIC, 404, "address is not mine"), (PUBLIC, 502, "reaches the web")],
)
def test_the_fix_of_a_failed_delivery_depends_on_how_it_failed(public_url: str, status_code: int, fix: str):
    assert fix in hook.deliveries([delivered(1, status_code)], NOW).fix


def test_an_agent_with_several_roles_is_judged_once():
    assert machine.different_agents("a", None, "b") == [
        ("a", ("writes changes", "mends what that one could not")),
        ("b", ("reviews",)),
    ]


def test_only_a_problem_makes_the_exit_code_one():
    fine = [well("a", "A."), warning("b", "B.", "b"), unknown("c", "C.")]
    assert exit_code(fine) == 0
    assert exit_code([*fine, problem("d", "D.", "d")]) == 1


def test_what_is_shown_has_a_sign_a_sentence_and_the_fix_below_it():
    shown = as_text([well("a", "A is well."), problem("b", "B is\x1b[2J not.", "Mend b.")])
    assert shown == (
        "✓ A is well.\n✗ B is [2J not.\n  → Mend b.\n\n"
        "1 thing keeps Handoff from working; ✗ says which, → what to do.\n"
    )
    assert '"ok": false' in as_json([problem("b", "B.", "b")])


async def test_what_lies_in_each_folder_that_grows_is_counted(tmp_path: Path):
    (tmp_path / "runs" / "j.1").mkdir(parents=True)
    (tmp_path / "runs" / "j.1" / "events.jsonl").write_bytes(b"x" * 3_000_000)
    (tmp_path / "mirrors").mkdir()
    found = await kept_bytes(tmp_path)
    assert found.keys() == {"runs", "mirrors"}
    assert found["mirrors"] < 3_000_000 <= found["runs"] < 4_000_000
