"""A home is laid out again and again, whatever the last guest left in it."""

from pathlib import Path

from workers.agents.agent import RunKind, Visit
from workers.agents.environment import environment_for
from workers.agents.home import furnish, furnish_repair, read_response
from workers.agents.schemas import schema_text


def test_the_brief_and_the_schema_are_laid_out(visit: Visit) -> None:
    furnish(visit.home, visit, brief="Do it.")
    assert visit.brief.read_text(encoding="utf-8") == "Do it."
    assert visit.schema.read_text(encoding="utf-8") == schema_text(RunKind.IMPLEMENT)
    assert visit.brief.stat().st_mode & 0o444 == 0o444


def test_an_earlier_outcome_does_not_count_twice(visit: Visit) -> None:
    visit.outcome.write_text("{}", encoding="utf-8")
    visit.response.write_text("old", encoding="utf-8")
    furnish(visit.home, visit, brief="Again.")
    assert not visit.outcome.exists()
    assert read_response(visit.home) is None


def test_a_repair_keeps_the_outcome_to_mend(visit: Visit) -> None:
    furnish(visit.home, visit, brief="Do it.")
    visit.outcome.write_text("{}", encoding="utf-8")
    furnish_repair(visit.home, visit, brief="Mend it.")
    assert visit.outcome.read_text(encoding="utf-8") == "{}"
    assert visit.brief.read_text(encoding="utf-8") == "Mend it."


def test_a_planted_link_is_replaced_and_not_written_through(visit: Visit, tmp_path: Path) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("mine", encoding="utf-8")
    visit.brief.symlink_to(treasure)
    visit.schema.mkdir()
    (visit.schema / "inner").symlink_to(treasure)
    furnish(visit.home, visit, brief="Do it.")
    assert treasure.read_text(encoding="utf-8") == "mine"
    assert not visit.brief.is_symlink()
    assert visit.schema.is_file()


def test_a_response_is_read_without_following_links(visit: Visit, tmp_path: Path) -> None:
    visit.response.write_bytes(b"hello \xff")
    assert read_response(visit.home) == "hello \ufffd"
    visit.response.unlink()
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    visit.response.symlink_to(tmp_path / "secret")
    assert read_response(visit.home) is None


def test_every_variable_an_agent_gets_is_in_the_page_about_agents(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "agents.md").read_text()
    visit = Visit(
        run_id="r",
        kind=RunKind.FIX,
        workspace=tmp_path,
        home=tmp_path,
        model="m",
        model_url="u",
        model_key="k",
    )
    for name in environment_for(visit, tmp_path / "agent"):
        assert f"`{'XDG_*' if name.startswith('XDG_') else name}`" in page, name
    assert all(f"`{kind}`" in page for kind in RunKind)
