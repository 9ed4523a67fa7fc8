"""Which workflows would run an agent's code with secrets in reach."""

import pytest

from workers.doctor.judge.workflows import risky_triggers

JOBS = "\njobs: {a: {runs-on: x, steps: [{run: npm publish, env: {T: '${{ secrets.NPM_TOKEN }}'}}]}}\n"

RISKY = {
    "on: push": ("push",),
    "'on': push": ("push",),
    "on: [push, pull_request]": ("pull_request", "push"),
    "on: pull_request": ("pull_request",),
    "on: {pull_request_target: {types: [opened]}}": ("pull_request_target",),
    "on: {workflow_run: {workflows: [ci]}}": ("workflow_run",),
    "on: {push: {branches: ['**']}}": ("push",),
    "on: {push: {branches: ['handoff/*']}}": ("push",),
    "on: {push: {branches: [main, 'hand?off/**']}}": ("push",),
    "on: {push: {branches-ignore: [main]}}": ("push",),
    "on: {push: {paths: ['src/**']}}": ("push",),
    "on: {push: {branches: ['!main', '**']}}": ("push",),
    "on: {push: {branches: '**'}}": ("push",),
    "on: {push: {branches: ['[a-']}}": ("push",),
}
HARMLESS = [
    "on: {push: {branches: [main]}}",
    "on: {push: {branches: ['*']}}",  # a star does not cross a slash
    "on: {push: {branches: ['**', '!handoff/**']}}",
    "on: {push: {branches-ignore: ['handoff/**']}}",
    "on: {push: {tags: ['v*']}}",
    "on: {schedule: [{cron: '0 0 * * *'}]}",
    "on: workflow_dispatch",
    "on: release",
    "name: no trigger",
    "on: [",
    "- a list",
]


@pytest.mark.parametrize(("triggers", "named"), RISKY.items(), ids=RISKY)
def test_a_workflow_that_runs_for_our_branches_with_secrets_is_named(triggers: str, named: tuple[str, ...]):
    assert risky_triggers(triggers + JOBS) == named


@pytest.mark.parametrize("triggers", HARMLESS)
def test_a_workflow_that_does_not_run_for_our_branches_is_harmless(triggers: str):
    assert risky_triggers(triggers + JOBS) == ()


@pytest.mark.parametrize(
    ("use", "risky"),
    [
        ("${{ secrets.GITHUB_TOKEN }}", False),
        ("no secrets here", False),
        ("${{ secrets.GITHUB_TOKEN }} ${{secrets.X}}", True),
        ("${{ secrets['X'] }}", True),
        ("${{ toJSON(secrets) }}", True),
        ("\njobs: {a: {secrets: inherit}}", True),
    ],
)
def test_the_token_that_every_run_gets_is_no_secret(use: str, risky: bool):
    assert bool(risky_triggers(f"on: push\n# {use}\n")) is risky
