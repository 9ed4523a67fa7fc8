"""How much a benchmark may do, and where: every count and every place comes from here, so that all have an end."""

from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5
COUNT_MIN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """The size of a measurement. `folder` is empty, on the disk to be measured, and removed afterwards."""

    folder: Path
    quick: bool = False

    @property
    def rounds(self) -> int:
        """How often everything is measured, in turns."""
        return 1 if self.quick else ROUNDS

    def count(self, full: int) -> int:
        """Return how many of something a round has: `full`, or just enough to see that it works."""
        return max(COUNT_MIN, full // 50) if self.quick else full
