"""Comments as the pages show them, and ticking a box in one."""

import pytest

from localhub.pages.markdown import markdown
from localhub.pages.tasks import tasks_of, ticked

SHOWN = [
    ("a | b\n--|--\n1 | ~~2~~", "<td><s>2</s></td>"),
    ("one\ntwo", "<p>one<br />\ntwo</p>"),
    ("x<sub>1</sub><br>y", "<p>x<sub>1</sub><br>y</p>"),
    ("> [!WARNING]\n> Careful.", '<blockquote class="alert warning">'),
    ("```suggestion\na < b\n```", "<p>Suggested change</p><pre><code>a &lt; b\n"),
    ("see https://a.example/b?c=1.", 'href="https://a.example/b?c=1"'),
    ("![plan](https://a.example/p.png)", ">image: plan</a>"),
    ("<details><summary>a & b</summary>\n\n*in*\n\n</details>", "<summary>a &amp; b</summary>"),
    ("<b>bold", "</b>"),
]
HIDDEN = [
    ("<!-- a mark -->\nText", "mark"),
    ("Text <!-- a mark --> on", "mark"),
    ("<!-- a mark\n\nwithout an end", "mark"),
    ("</details></article>", "</details>"),
    ("<details></summary></details>", "</summary>"),
    ("<script>x</script>", "<script"),
    ("a <img src=x onerror=y>", "<img"),
    ("<details onclick=x>\n\ny", "onclick"),
    ("<DETAILS\nstyle='x'>", "style"),
    ("[x](javascript:y)", "href"),
    ("[x](<data:text/html,y>)", "href"),
    ('<a href="javascript:y">x</a>', "<a"),
    ("<svg/onload=x>", "<svg"),
    ("![x](https://a.example/p.png)", "<img"),
]


@pytest.mark.parametrize(("text", "there"), SHOWN)
def test_it_shows_what_github_shows(text, there):
    assert there in markdown(text)


@pytest.mark.parametrize(("text", "absent"), HIDDEN)
def test_nothing_that_acts_or_hides_comes_through(text, absent):
    assert absent not in markdown(text)


def test_numbers_people_and_commits_become_links_where_they_exist_and_not_in_code():
    known = {"#12": "/12", "@ada": "/ada", "1a2b3c4d5e": "/commit"}
    shown = markdown("#12 @ada 1a2b3c4d5e #13 a#12 x@ada `#12` [#12](/there) abcdefabcdef", known.get)
    assert shown.count("<a ") == 4
    for address in ("/12", "/ada", "/commit", "/there"):
        assert f'href="{address}"' in shown


def test_the_box_that_is_ticked_is_the_one_that_was_meant():
    text = "- [ ] one\n- [x] two\n\n> 1. [ ] three\n\n```\n- [ ] no box\n```\n\n- [ ] one"
    boxes = tasks_of(text)
    assert [box.ticked for box in boxes] == [False, True, False, False]
    assert ticked(text, boxes[2].key) == text.replace("> 1. [ ]", "> 1. [x]")
    assert ticked(text, boxes[1].key) == text.replace("[x]", "[ ]")
    assert ticked(text, boxes[3].key) == text[:-9] + "- [x] one"
    assert ticked(text.replace("three", "four"), boxes[2].key) is None
    assert ticked(ticked(text, boxes[0].key), boxes[0].key) == text, "a second press takes it back"
