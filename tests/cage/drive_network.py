"""A worker in miniature, in the network of `outside.py`: runs one script in a cage with a way out, and reports as JSON."""

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
    forwards = tuple(Forward(**each) for each in orders["forwards"])
    spec = CageSpec(
        command=("/bin/sh", "-c", orders["script"]),
        workspace=folder / "workspace",
        home=folder / "home",
        records=folder / "records",
        environment=orders["environment"],
        limits=Limits(timeout_seconds=60, grace_seconds=1),
        network=Network(allow=tuple(orders["allow"]), forwards=forwards),
    )
    ended = await execute(spec, await choose(orders["backend"]))
    report = {
        "how": ended.how,
        "code": ended.code,
        "output": ended.output_tail.decode(errors="replace"),
        "denied": [asdict(each) for each in ended.denied],
    }
    sys.stdout.write(json.dumps(report))


asyncio.run(main())
