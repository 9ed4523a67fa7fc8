"""Go, Rust, Java and Ruby: languages whose build file alone says how they are tested."""

from app.domain.detection.found import Ecosystem, lint, tests
from app.domain.detection.tree import Tree


def go(tree: Tree) -> Ecosystem | None:
    """Return Go's one way to test a module."""
    if not tree.has("go.mod"):
        return None
    fetch = ("go mod download",) if "require" in tree.text("go.mod") else ()
    return Ecosystem(
        name="go", setup=fetch, tests=tests("go test ./...", "`go.mod` says that this is a Go module.")
    )


def rust(tree: Tree) -> Ecosystem | None:
    """Return Cargo's one way to test; formatting and clippy only where they are configured."""
    if not tree.has("Cargo.toml"):
        return None
    whole = " --workspace" if "[workspace]" in tree.text("Cargo.toml") else ""
    formatted, clippy = tree.first("rustfmt.toml", ".rustfmt.toml"), tree.first("clippy.toml", ".clippy.toml")
    commands = {formatted: "cargo fmt --check", clippy: "cargo clippy --all-targets -- -D warnings"}
    chosen = {name: run for name, run in commands.items() if name is not None}
    configured = " and ".join(f"`{name}`" for name in chosen)
    return Ecosystem(
        name="rust",
        tests=tests(f"cargo test{whole}", "`Cargo.toml` says that this is a Rust package."),
        lint=lint(" && ".join(chosen.values()), f"The linter is configured by {configured}.")
        if chosen
        else None,
    )


def java(tree: Tree) -> Ecosystem | None:
    """Return Maven's or Gradle's way to test, by the wrapper where there is one.

    Java takes the home folder from the password database, not from HOME, so both are told where to write.
    """
    gradle = tree.first("build.gradle.kts", "build.gradle")
    if tree.has("pom.xml"):
        program = "./mvnw" if tree.has("mvnw") else "mvn"
        run = f'{program} -B -ntp -Dmaven.repo.local="$HOME/.m2/repository" test'
        return Ecosystem(name="java", tests=tests(run, "`pom.xml` says that this is a Maven project."))
    if gradle is not None:
        program = "./gradlew" if tree.has("gradlew") else "gradle"
        run = f'GRADLE_USER_HOME="$HOME/.gradle" {program} --no-daemon --console=plain test'
        return Ecosystem(name="java", tests=tests(run, f"`{gradle}` says that this is a Gradle project."))
    return None


def ruby(tree: Tree) -> Ecosystem | None:
    """Return how a Ruby project is tested: RSpec where it is named, else Rake's `test` task."""
    bundled = tree.has("Gemfile")
    environment = 'BUNDLE_PATH="$HOME/bundle" '
    run = f"{environment}bundle exec " if bundled else ""
    rspec = tree.first(".rspec") or tree.says("rspec", ("Gemfile",))
    if rspec is not None and tree.has_folder("spec"):
        found = tests(f"{run}rspec", f"`{rspec}` names RSpec, and there is a `spec` folder.")
    elif tree.says("test", ("Rakefile",)) or tree.says("TestTask", ("Rakefile",)):
        found = tests(f"{run}rake test", "`Rakefile` has a `test` task.")
    else:
        return None
    rubocop = bundled and tree.has(".rubocop.yml") and tree.says("rubocop", ("Gemfile",))
    return Ecosystem(
        name="ruby",
        setup=(f"{environment}bundle install",) if bundled else (),
        tests=found,
        lint=lint(f"{run}rubocop", "`.rubocop.yml` configures RuboCop.") if rubocop else None,
    )
