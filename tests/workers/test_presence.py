"""Who lives: told by the kernel, not by a clock."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workers.presence import Presence, forget_dead, presence, present

ROOT = Path(__file__).parents[2]


def test_a_worker_lives_for_as_long_as_its_process_does(tmp_path):
    script = (
        "import sys; from pathlib import Path; from workers.presence import present\n"
        "with present(Path(sys.argv[1]), 'one'):\n    print('here', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        assert presence(tmp_path, "one") is Presence.ALIVE
        process.kill()
        process.wait()
    assert presence(tmp_path, "one") is Presence.DEAD


def test_a_worker_that_left_no_sign_is_unknown_and_looking_makes_none(tmp_path):
    assert presence(tmp_path, "one") is Presence.UNKNOWN
    assert list(tmp_path.iterdir()) == []
    with present(tmp_path, "one"):
        assert presence(tmp_path, "two") is Presence.UNKNOWN


def test_the_signs_of_the_dead_are_forgotten_after_a_day_and_those_of_the_living_never(tmp_path):
    with present(tmp_path, "dead"):
        pass
    with present(tmp_path, "alive"):
        now = datetime.now(UTC)
        assert forget_dead(tmp_path, now) == 0
        assert forget_dead(tmp_path, now + timedelta(days=2)) == 1
        assert presence(tmp_path, "dead") is Presence.UNKNOWN
        assert presence(tmp_path, "alive") is Presence.ALIVE
