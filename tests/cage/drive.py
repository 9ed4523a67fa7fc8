"""A worker in miniature: runs one script in a cage by orders on standard input, and reports as JSON."""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path

from workers.cage.execute import execute
from workers.cage.probe import choose
from workers.cage.spec import CageSpec, Forward, Limits, Network


async def main() -> None:
    orders = json.load(sys.stdin)
    folder = Path(orders["folder"])
    spec = CageSpec(
        command=("/bin/sh", "-c", orders["script"]),
        workspace=folder / "workspace",
        home=folder / "home",
        records=folder / "records",
        readable=tuple(Path(path) for path in orders.get("readable", ())),
        writable=tuple(Path(path) for path in orders.get("writable", ())),
        environment=orders.get("environment", {}),
        limits=Limits(**{"timeout_seconds": 60, "grace_seconds": 1, **orders.get("limits", {})}),
        network=Network(forwards=tuple(Forward(**each) for each in orders["forwards"]))
        if "forwards" in orders
        else None,
    )
    ended = await execute(spec, await choose(orders["backend"]))
    said = ended.output_tail.decode(errors="replace")
    report = {"how": ended.how, "code": ended.code, "output": said, "peak": asdict(ended.peak)}
    sys.stdout.write(json.dumps(report))


asyncio.run(main())
