"""Prose cannot drift from code: generated pages are what their generators say now."""

from scripts.docs import DOCS, PAGES


def test_every_generated_page_is_up_to_date():
    stale = [name for name, page in PAGES.items() if (DOCS / name).read_text(encoding="utf-8") != page()]

    assert stale == [], "run `make docs`"
