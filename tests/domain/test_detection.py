"""What a repository without our file is checked by: its own word taken, nothing guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.detection import WANTED_FILES, detect, wanted

PLACEHOLDER = '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'
VENV = '"$HOME/venv/bin/python"'


def runs(files: dict[str, str | None]) -> dict[str, str]:
    return {check.name: check.run for check in detect(files).checks}


def test_nothing_found_is_nothing_and_is_said():
    found = detect({"README.md": "Hello.", "src": None})

    assert (found.setup, found.checks) == ((), ())
    assert found.because[0].startswith("Nothing in the repository says how it is tested")
    assert "`.github/handoff.yml`" in found.because[0]


@pytest.mark.parametrize(
    ("files", "run", "because"),
    [
        ({"go.mod": "module x\n"}, "go test ./...", "`go.mod` says that this is a Go module."),
        ({"Cargo.toml": "[package]\n"}, "cargo test", "`Cargo.toml` says that this is a Rust package."),
        (
            {"Cargo.toml": "[workspace]\n"},
            "cargo test --workspace",
            "`Cargo.toml` says that this is a Rust package.",
        ),
        (
            {"pom.xml": "<project/>"},
            'mvn -B -ntp -Dmaven.repo.local="$HOME/.m2/repository" test',
            "`pom.xml` says that this is a Maven project.",
        ),
        (
            {"build.gradle.kts": "", "gradlew": None},
            'GRADLE_USER_HOME="$HOME/.gradle" ./gradlew --no-daemon --console=plain test',
            "`build.gradle.kts` says that this is a Gradle project.",
        ),
        (
            {"package.json": '{"scripts": {"test": "jest"}}'},
            "npm test",
            "`package.json` has a `test` script.",
        ),
        (
            {"Gemfile": "gem 'rspec'\n", "spec": None},
            'BUNDLE_PATH="$HOME/bundle" bundle exec rspec',
            "`Gemfile` names RSpec, and there is a `spec` folder.",
        ),
        ({"Rakefile": "Rake::TestTask.new(:test)\n"}, "rake test", "`Rakefile` has a `test` task."),
        ({"Makefile": "check: build\n\ttrue\n"}, "make check", "`Makefile` has a `check` target."),
        (
            {"tests/test_a.py": "import unittest\n", "tests": None},
            "python3 -m unittest discover -s tests",
            "`tests/test_a.py` names unittest.",
        ),
    ],
)
def test_each_language_by_its_own_word(files: dict[str, str | None], run: str, because: str):
    found = detect(files)

    assert [check.run for check in found.checks] == [run]
    assert found.because == (because,)


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": PLACEHOLDER},
        {"package.json": '{"scripts": {"test": ""}}'},
        {"package.json": "not json"},
        {"package.json": "[1]"},
        {"package.json": '{"dependencies": {"left-pad": "1"}}'},
        {"pyproject.toml": "[tool.black]\n"},
        {"pyproject.toml": "not = = toml"},
        {"requirements.txt": "flask\n"},
        {"Makefile": "test := 3\nlatest:\n\ttrue\n"},
        {"Makefile": None},
        {"Gemfile": "gem 'rails'\n"},
        {"Rakefile": "task :deploy\n"},
        {"README.md": "We have no pytest and no unittest here."},
    ],
)
def test_what_says_nothing_finds_nothing(files: dict[str, str | None]):
    assert detect(files).checks == ()
    assert detect(files).setup == ()


def test_a_python_project_is_installed_outside_of_its_checkout_with_its_test_extras():
    project = '[project]\nname = "x"\n[project.optional-dependencies]\ntest = ["pytest>=8"]\n[tool.pytest.ini_options]\n'

    found = detect({"pyproject.toml": project, "tests": None})

    assert found.setup == (
        'python3 -m venv "$HOME/venv"',
        f"{VENV} -m pip --disable-pip-version-check install -e '.[test]'",
    )
    assert [check.run for check in found.checks] == [f"{VENV} -m pytest"]
    assert found.because == ("`pyproject.toml` configures pytest.",)


def test_a_dependency_group_gets_a_pip_that_knows_groups():
    project = '[project]\nname = "x"\n[dependency-groups]\ndev = ["pytest"]\n'

    found = detect({"pyproject.toml": project, "tests": None})

    assert found.setup[1:] == (
        f'{VENV} -m pip --disable-pip-version-check install "pip>=25.1"',
        f"{VENV} -m pip --disable-pip-version-check install -e . --group dev",
    )


def test_pytest_is_brought_along_when_the_project_forgot_to_declare_it():
    found = detect({"requirements.txt": "flask\n", "tests": None})

    assert found.setup[-1].endswith("install -r requirements.txt pytest")
    assert "no test runner is named" in found.because[0]


def test_a_linter_is_run_only_where_it_is_configured():
    project = {"pyproject.toml": '[project]\nname = "x"\n', "tests": None}

    assert list(runs(project)) == ["tests"]
    assert '"$HOME/ruff/bin/python" -m ruff check .' in runs(project | {"ruff.toml": ""})["lint"]


def test_a_declared_linter_comes_from_the_project_s_own_environment():
    files: dict[str, str | None] = {
        "requirements-dev.txt": "ruff==0.14\npytest\n",
        "ruff.toml": "",
        "tests": None,
    }

    assert runs(files) == {"tests": f"{VENV} -m pytest", "lint": f"{VENV} -m ruff check ."}


@pytest.mark.parametrize(
    ("lock", "setup", "test"),
    [
        ({"package-lock.json": None}, "npm ci --no-audit --no-fund", "npm test"),
        ({}, "npm install --no-audit --no-fund --no-package-lock", "npm test"),
        ({"yarn.lock": None}, "npx --yes yarn@1 install --frozen-lockfile", "npx --yes yarn@1 test"),
        (
            {"pnpm-lock.yaml": None},
            "npx --yes pnpm@9.1.0 install --frozen-lockfile",
            "npx --yes pnpm@9.1.0 test",
        ),
    ],
)
def test_node_is_installed_by_the_lock_file_that_is_there(lock: dict[str, None], setup: str, test: str):
    package = (
        '{"packageManager": "pnpm@9.1.0", "scripts": {"test": "jest"}, "devDependencies": {"jest": "29"}}'
    )

    found = detect({"package.json": package, **lock})

    assert found.setup == (setup,)
    assert [check.run for check in found.checks] == [test]


def test_a_makefile_s_test_target_wins_and_finds_what_the_set_up_installed():
    files = {
        "Makefile": "lint:\ntest: build\n\tpytest\n",
        "requirements.txt": "pytest\n",
        "ruff.toml": "",
        "tests": None,
    }

    found = detect(files)

    assert [(check.name, check.run) for check in found.checks] == [
        ("tests", 'PATH="$HOME/venv/bin:$PATH" make test'),
        ("lint", 'PATH="$HOME/venv/bin:$PATH" make lint'),
    ]
    assert found.setup[0] == 'python3 -m venv "$HOME/venv"'


def test_two_languages_have_checks_with_names_of_their_own():
    files = {"go.mod": "module x\n", "package.json": '{"scripts": {"test": "jest", "lint": "eslint ."}}'}

    assert list(runs(files)) == ["node tests", "node lint", "go tests"]


def test_what_is_worth_reading_is_named_and_bounded():
    paths = [
        "src/a.py",
        "pyproject.toml",
        "yarn.lock",
        "tests/unit/test_a.py",
        "requirements/x.txt",
        "logo.png",
    ]

    assert wanted(paths) == ("pyproject.toml", "tests/unit/test_a.py")
    assert len(wanted([f"tests/test_{n}.py" for n in range(500)])) == 60


@given(st.dictionaries(st.sampled_from(WANTED_FILES) | st.text(), st.none() | st.text()))
def test_no_repository_breaks_it(files: dict[str, str | None]):
    found = detect(files)

    assert len({check.name for check in found.checks}) == len(found.checks)
    assert len(found.because) == max(1, len(found.checks))
    assert all(sentence.endswith(".") for sentence in found.because)
