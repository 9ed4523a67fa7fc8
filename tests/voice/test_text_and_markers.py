"""Quoting, bounding, and the marks by which we find our own comments again."""

from hypothesis import given
from hypothesis import strategies as st

from app.voice.markers import carries, marker
from app.voice.text import fenced, one_line, prose, within

KEY = b"a key"


@given(st.text(alphabet="`~ab \n", max_size=200))
def test_nothing_inside_a_fence_can_close_it(text: str):
    first, *inside, last = fenced(text).split("\n")

    assert first == last
    assert not any(line.strip() == first for line in inside)


@given(st.text(max_size=400))
def test_one_line_is_one_line_and_calls_nobody(text: str):
    line = one_line(text, 80)

    assert len(line.splitlines()) <= 1
    assert "<!--" not in line
    assert len(line) <= 80


def test_prose_calls_nobody_and_hides_nothing():
    assert prose("ask @ada <!-- hidden -->") == "ask @\u200bada &lt;!-- hidden -->"


@given(st.text(alphabet="`x\n<details></>summary ", max_size=2_000), st.integers(50, 500))
def test_what_is_cut_off_leaves_no_block_open(text: str, limit: int):
    cut = within(text, limit)

    if len(text) > limit:
        assert cut.endswith("*The rest is left out: it would not fit into a comment.*")
        assert cut.count("<details>") <= cut.count("</details>") or text.count("<details>") < text.count(
            "</details>"
        )


def test_a_mark_is_found_only_with_our_key_for_this_job_and_kind():
    body = f"Hello\n\n{marker(KEY, 'j1', 'status')}"

    assert carries(KEY, "j1", "status", body)
    assert not carries(b"another key", "j1", "status", body)
    assert not carries(KEY, "j2", "status", body)
    assert not carries(KEY, "j1", "SayReady", body)


def test_a_forged_mark_is_none():
    forged = marker(KEY, "j1", "status").replace("job:j1", "job:j2")

    assert not carries(KEY, "j2", "status", forged)
