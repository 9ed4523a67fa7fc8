"""The output of an agent comes in lines, however it puts them out."""

from workers.agents.record import LINE_CHARACTERS_MAX
from workers.runs.caged_agent import _Lines

PIECE = b"x" * 60_000


def cut(*pieces: bytes) -> list[str]:
    lines: list[str] = []
    cutting = _Lines(lines.append)
    for piece in pieces:
        cutting.feed(piece)
    cutting.close()
    return lines


def test_lines_are_put_together_from_pieces():
    assert cut(b"one\ntw", b"o\n", b"", b"\nthree") == ["one", "two", "", "three"]


def test_of_a_line_without_end_the_beginning_is_kept_and_no_more():
    """Fifty million characters that are looked at again with each piece would take all of the worker's time."""
    lines = cut(*[PIECE] * 100, b"end\nnext\n")
    assert lines[1:] == ["next"]
    assert LINE_CHARACTERS_MAX < len(lines[0]) <= LINE_CHARACTERS_MAX + 10
