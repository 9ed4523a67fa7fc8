"""The hosts that package managers fetch from: what a cage may reach when a repository's configuration says nothing.

Only places that hand out published packages and toolchains. Whoever may publish on one of them can be sent a message
by asking it for a package of theirs, so the list is short, and a repository can do without (`network.registries: false`). No
code host is among them: github.com would be a way to send anything anywhere.
"""

PACKAGE_REGISTRIES: tuple[str, ...] = (
    "pypi.org",
    "files.pythonhosted.org",
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "repo.yarnpkg.com",
    "crates.io",
    "index.crates.io",
    "static.crates.io",
    "static.rust-lang.org",
    "proxy.golang.org",
    "sum.golang.org",
    "repo.maven.apache.org",
    "repo1.maven.org",
    "plugins.gradle.org",
    "plugins-artifacts.gradle.org",
    "services.gradle.org",
    "downloads.gradle.org",
    "rubygems.org",
    "index.rubygems.org",
    "api.nuget.org",
    "repo.packagist.org",
    "repo.hex.pm",
    "builds.hex.pm",
    "pub.dev",
    "deb.debian.org",
    "security.debian.org",
    "archive.ubuntu.com",
    "security.ubuntu.com",
    "dl-cdn.alpinelinux.org",
)
"""Host names, each for ports 443 and 80; sources: the default configuration of each package manager."""
