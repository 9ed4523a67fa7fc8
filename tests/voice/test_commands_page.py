"""The words about commands say what the parser does."""

from app.domain.commands import parse
from app.domain.verbs import VERBS, Misunderstood
from app.voice.commands_page import commands_page, help_text
from app.voice.text import BODY_LIMIT


def test_help_and_page_name_every_verb_as_it_is_said():
    for verb in VERBS.values():
        assert f"| `{verb.usage}` | {verb.summary} |" in help_text()
        assert f"| `{verb.usage}` | {verb.summary} |" in commands_page()


def test_our_own_help_commands_nobody():
    assert parse(help_text()) == parse(commands_page()) == []
    assert len(help_text()) < BODY_LIMIT


def test_the_near_miss_on_the_page_is_one():
    assert isinstance(parse("/handoff stpo")[0], Misunderstood)
    assert "`/handoff stpo`" in commands_page()


def test_every_summary_is_a_sentence():
    assert all(verb.summary.startswith("I ") and verb.summary.endswith(".") for verb in VERBS.values())
