"""What the figures of several rounds come to, and how they are shown. Pure: numbers in, words out."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a benchmark found: a table for people, and for programs figures whose names end with their units.

    A figure is None where something could not be measured on this machine.
    """

    table: str
    figures: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Spread:
    """The smallest, the middle and the largest of some figures."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> Self:
        """Return the spread of at least one figure."""
        return cls(min(figures), median(figures), max(figures))

    def __str__(self) -> str:
        return "/".join(map(_short, (self.low, self.middle, self.high)))


def percentile(figures: Sequence[float], percent: float) -> float:
    """Return the smallest figure that is not exceeded by `percent` of them (the nearest rank)."""
    return sorted(figures)[max(0, math.ceil(len(figures) * percent / 100) - 1)]


def ratios(figures: Sequence[float], baseline: Sequence[float]) -> Spread:
    """Return the ratios, round by round: neighbours in time, so that a load that comes and goes weighs on both."""
    return Spread.of([figure / base for figure, base in zip(figures, baseline, strict=True)])


def _short(figure: float) -> str:
    """Return a figure with the three digits that count."""
    return f"{figure:.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def table(title: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[object]]]) -> str:
    """Return rows with a name each, under a title, in columns as wide as they need to be."""
    lines = [["", *columns], *([name, *map(str, cells)] for name, cells in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    shown = ("  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) for line in lines)
    return "\n".join([f"{title} (min/median/max of the rounds)", *shown])


def summarized(benchmark: str, figures: Mapping[str, float | None]) -> str:
    """Return the line for programs: one JSON object, its figures with four digits that count."""
    rounded = {name: None if figure is None else float(f"{figure:.4g}") for name, figure in figures.items()}
    return json.dumps({"benchmark": benchmark, **rounded})
