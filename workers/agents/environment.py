"""The whole environment of an agent: nothing is inherited, so nothing of the worker's can be left in it."""

from pathlib import Path

from workers.agents.agent import Visit

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment_for(visit: Visit, executable: Path) -> dict[str, str]:
    """Return the variables every agent gets; `executable` comes first on its PATH."""
    home = str(visit.home)
    return {
        "PATH": f"{executable.parent}:{SYSTEM_PATH}",
        "HOME": home,
        "TMPDIR": "/tmp",  # noqa: S108 -- the cage's own, empty and gone with it
        "XDG_CACHE_HOME": f"{home}/.cache",
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_STATE_HOME": f"{home}/.local/state",
        "PYTHONPYCACHEPREFIX": f"{home}/.cache/python",  # tests that an agent runs leave no byte code to commit
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "NO_COLOR": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **_contract(visit),
    }


def _contract(visit: Visit) -> dict[str, str]:
    known = {
        "HANDOFF_RUN_ID": visit.run_id,
        "HANDOFF_RUN_KIND": visit.kind,
        "HANDOFF_TIER": visit.tier,
        "HANDOFF_WORKSPACE": str(visit.workspace),
        "HANDOFF_BRIEF": str(visit.brief),
        "HANDOFF_SCHEMA": str(visit.schema),
        "HANDOFF_OUTCOME": str(visit.outcome),
        "HANDOFF_RESPONSE": str(visit.response),
        "HANDOFF_MODEL": visit.model,
        "HANDOFF_MODEL_URL": visit.model_url,
        "HANDOFF_MODEL_KEY": visit.model_key,
    }
    return {name: str(value) for name, value in known.items() if value is not None}
