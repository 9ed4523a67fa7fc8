"""What is said of hosts that a cage may not reach."""

from app.voice.denied import denied_hosts


def test_nothing_is_said_of_nothing():
    assert denied_hosts([]) == ""


def test_the_first_hosts_are_named_with_the_next_step():
    said = denied_hosts([f"host{number}.example:443" for number in range(7)])
    assert "`host4.example:443` and 2 more." in said
    assert "`network.allow` in `.github/handoff.yml`" in said


def test_a_name_is_no_way_to_write_in_our_comments():
    said = denied_hosts(["x`](http://evil) @ada\n# Title"])
    assert said.startswith("The cage did not let it reach `x?]?http:??evil???ada???Title`.")
