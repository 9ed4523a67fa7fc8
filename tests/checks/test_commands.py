"""A check is green for exit code 0 and nothing else; and what it said is kept, trimmed and redacted."""

from pathlib import Path

from app.domain.policy import Check
from app.domain.redaction import Redactor
from workers.cage.spec import Exit, How
from workers.checks.commands import result_of

CHECK = Check(name="tests", run="make test")


def ended(output: bytes = b"", *, how: How = How.EXITED, code: int | None = 0) -> Exit:
    return Exit(
        how=how, code=code, seconds=1.5, output_tail=output, output_bytes=len(output), output_path=Path("/x")
    )


def test_exit_code_nought_is_green_and_the_last_words_sum_it_up():
    result = result_of(
        CHECK, ended(b"collecting\n\x1b[32m12 passed in 0.1s\x1b[0m\n\n----\n"), Redactor(), places={}
    )

    assert (result.passed, result.summary) == (True, "12 passed")


def test_another_exit_code_is_red_whatever_was_said():
    result = result_of(CHECK, ended(b"all good\n", code=1), Redactor(), places={})

    assert (result.passed, result.summary) == (False, "`make` ended with exit code 1: all good")


def test_silence_is_summed_up_by_the_exit_code():
    assert (
        result_of(CHECK, ended(b"\n---\n", code=3), Redactor(), places={}).summary
        == "`make` ended with exit code 3; it said nothing"
    )


def test_a_check_that_was_cut_short_is_red_and_says_why():
    result = result_of(CHECK, ended(b"so far so good\n", how=How.TIMED_OUT, code=0), Redactor(), places={})

    assert (result.passed, result.summary) == (False, "it took longer than it may")


def test_what_it_said_is_redacted_and_bounded():
    redactor = Redactor()
    redactor.register("a-secret-value-of-ours")

    result = result_of(CHECK, ended(b"x" * 9_000 + b"\na-secret-value-of-ours\n"), redactor, places={})

    assert "a-secret-value-of-ours" not in result.tail + result.summary
    assert len(result.tail) <= 4_000


def test_no_folder_of_this_machine_is_named():
    said = b'File "/srv/data/runs/j1.2/workspace/tests/test_a.py", line 3\n/srv/data/runs/j1.2/home/venv\nFAILED\n'
    places = {"/srv/data/runs/j1.2/workspace/": "", "/srv/data/runs/j1.2/home": "~"}

    result = result_of(CHECK, ended(said, code=1), Redactor(), places=places)

    assert "/srv" not in result.tail + result.summary + "".join(result.failing_lines)
    assert 'File "tests/test_a.py", line 3' in result.tail
