"""Judges the settings: what is missing, wrong, unwise, or read by nobody."""

from collections.abc import Iterator, Sequence

from workers.doctor.finding import Finding, problem, warning, well


def settings(
    complaints: Sequence[str], *, nobody: bool, unused: Sequence[str], ignored: str | None, data: str
) -> Iterator[Finding]:
    """Judge what reading the settings said. `nobody`: nothing says who we are on GitHub, so set-up comes first."""
    if nobody:
        yield problem(
            "settings",
            f"No GitHub App is registered in {data} yet.",
            "Run `handoff up` and open the link that it prints.",
        )
    else:
        for each in complaints:
            yield problem("settings", each, "Every setting is explained by `handoff settings`.")
    for each in unused:
        yield warning("settings", each, "Correct its name, or remove it.")
    if ignored is not None:
        sentence, _, fix = ignored.partition(" If you wrote it, ")
        yield warning("settings", sentence, f"If you wrote it, {fix}" if fix else "Make its folder private.")
    if not nobody and not complaints:
        yield well("settings", f"Every setting can be read; what I keep is in {data}.")
