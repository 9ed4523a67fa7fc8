"""When a program that ended is started again: rules without processes or clock."""

import os

import pytest

from app.cli.restarts import GiveUp, Restart, RestartPolicy, after_end, how

POLICY = RestartPolicy(first_pause_seconds=1.0, longest_pause_seconds=5.0, settled_seconds=10.0, attempts=5)


def test_the_pauses_double_up_to_the_longest():
    ends = [after_end("web", 1, [0.5] * count, POLICY) for count in range(1, 5)]

    assert ends == [Restart(1.0), Restart(2.0), Restart(4.0), Restart(5.0)]


def test_a_program_that_had_settled_starts_with_a_clean_slate():
    assert after_end("web", 1, [0.5, 0.5, 0.5, 0.5, 60.0], POLICY) == Restart(1.0)
    assert after_end("web", 1, [0.5, 0.5, 0.5, 60.0, 0.5], POLICY) == Restart(1.0)


def test_too_many_quick_ends_in_a_row_are_given_up_with_a_sentence():
    assert after_end("web", -9, [0.5] * 5, POLICY) == GiveUp(
        "web ended 5 times in a row soon after it was started, the last time killed by SIGKILL. "
        "I stopped everything; its last lines above say why. Start again when that is mended."
    )


def test_a_bad_configuration_is_given_up_at_once():
    assert after_end("web", os.EX_CONFIG, [600.0], POLICY) == GiveUp(
        "web cannot run with its configuration; the line above says what to change."
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "with exit code 0"),
        (3, "with exit code 3"),
        (-15, "killed by SIGTERM"),
        (-99, "killed by signal 99"),
    ],
)
def test_an_end_is_told_in_words(code, words):
    assert how(code) == words
