"""What a run has done once is not done again by whoever takes it up."""

import pytest

from workers.runs.journal import Journal


class Step:
    def __init__(self, *results):
        self.results = list(results)
        self.done = 0

    async def __call__(self):
        self.done += 1
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


async def test_a_step_is_done_once_and_its_result_is_there_for_the_next_worker(tmp_path):
    step = Step("a1b2c3", "something else")
    assert await Journal(tmp_path).once("base", step) == "a1b2c3"
    again = Journal.of(tmp_path)
    assert again.begun
    assert await again.once("base", step) == "a1b2c3"
    assert step.done == 1


async def test_a_step_that_failed_is_done_again(tmp_path):
    step, journal = Step(OSError("no room"), None), Journal(tmp_path)
    with pytest.raises(OSError, match="no room"):
        await journal.once("check out", step)
    assert not Journal.of(tmp_path).begun
    assert await journal.once("check out", step) is None
    assert await Journal.of(tmp_path).once("check out", step) is None
    assert step.done == 2


def test_a_new_journal_knows_nothing_of_an_old_one(tmp_path):
    Journal(tmp_path).note("base", 1)
    assert not Journal(tmp_path).begun
    assert Journal.of(tmp_path).begun


def test_what_is_counted_is_counted_across_workers(tmp_path):
    for times in (1, 2, 3):
        Journal.of(tmp_path).count("taken up")
        assert Journal.of(tmp_path).counted("taken up") == times
    assert Journal.of(tmp_path).counted("anything else") == 0
