"""What a cage costs: from asking for `/bin/true` in one until the cage is over, against `/bin/true` by itself."""

import asyncio
from asyncio.subprocess import DEVNULL
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

from app.domain.errors import BadConfiguration, Defect
from bench.effort import Effort
from bench.figures import Outcome, Spread, ratios, table
from workers.cage.execute import execute
from workers.cage.probe import choose
from workers.cage.sandbox import Sandbox
from workers.cage.spec import CageSpec, How

CAGES = ("bubblewrap", "unshare")
BACKENDS = (*CAGES, "none")
BARE = "by itself"
STARTS = 10
COMMAND = "/bin/true"


async def measure(effort: Effort) -> Outcome:
    """Start cages of each kind that works here, and bare processes, in turns."""
    spec = _spec(effort.folder)
    sandboxes, missing = await _sandboxes()
    caged: dict[str, list[float]] = {sandbox.name: [] for sandbox in sandboxes}
    bare: list[float] = []
    for _ in range(effort.rounds):
        starts_ms: dict[str, list[float]] = {name: [] for name in (BARE, *caged)}
        for _ in range(effort.count(STARTS)):  # one of each in turn, so that a load weighs on all of them
            starts_ms[BARE].append(await _bare_ms())
            for sandbox in sandboxes:
                starts_ms[sandbox.name].append(await _caged_ms(spec, sandbox))
        bare.append(median(starts_ms[BARE]))
        for name, figures in caged.items():
            figures.append(median(starts_ms[name]))
    return _outcome(caged, bare, missing, runs=effort.rounds * effort.count(STARTS))


async def _sandboxes() -> tuple[list[Sandbox], list[str]]:
    """Return the sandboxes that work on this machine, the best first, and why others do not."""
    found, missing = [], []
    for name in BACKENDS:
        try:
            found.append(await choose(name))
        except BadConfiguration as problem:
            missing.append(f"{name} is not measured: {problem}")
    return found, missing


def _spec(folder: Path) -> CageSpec:
    workspace, home = folder / "workspace", folder / "home"
    workspace.mkdir()
    home.mkdir()
    return CageSpec(command=(COMMAND,), workspace=workspace, home=home, records=folder / "records")


async def _caged_ms(spec: CageSpec, sandbox: Sandbox) -> float:
    began = perf_counter()
    ended = await execute(replace(spec, records=spec.records / str(began)), sandbox)
    took_ms = (perf_counter() - began) * 1000
    if (ended.how, ended.code) != (How.EXITED, 0):
        raise Defect(f"{COMMAND} in {sandbox.name} {ended.how} with {ended.code}, so its time says nothing")
    return took_ms


async def _bare_ms() -> float:
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(COMMAND, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    await process.wait()
    return (perf_counter() - began) * 1000


def _outcome(caged: dict[str, list[float]], bare: list[float], missing: list[str], *, runs: int) -> Outcome:
    rows = [(name, (Spread.of(starts_ms), ratios(starts_ms, bare))) for name, starts_ms in caged.items()]
    shown = table(
        f"cage, {COMMAND} from start to end", ("ms", "ratio"), [*rows, (BARE, (Spread.of(bare), 1))]
    )
    middles = {name: Spread.of(caged[name]).middle if name in caged else None for name in BACKENDS}
    # The one that HANDOFF_CAGE=auto chooses; no cage is not a cage.
    best = next((caged[name] for name in CAGES if name in caged), None)
    return Outcome(
        "\n".join([shown, *missing]),
        {
            "cage_start_ms": Spread.of(best).middle if best else None,
            "bare_start_ms": Spread.of(bare).middle,
            "ratio_to_bare": ratios(best, bare).middle if best else None,
            "runs": runs,
            **{f"{name}_start_ms": middle for name, middle in middles.items()},
        },
    )
