# One set of names for everything: `make test`, `make test-browser`, `make demo`, `make lint`, `make bench`, `make docs`, `make clean`.
# They need git, make and Python 3.11 or newer; the rest is installed into .venv from uv.lock.

SHELL       := /bin/sh
UV_VERSION  := 0.13.8
# Most tests wait for something, so more of them than there are cores run at once.
JOBS        ?= 4
ARGS        ?=
BIN         := .venv/bin
ENVIRONMENT := .venv/.synced

# The first of these that is new enough makes the environment; PYTHON=/path/to/python3 overrules it.
PYTHONS     := python3 python3.13 python3.12 python3.11 python
NEW_ENOUGH  := import sys; sys.exit(sys.version_info < (3, 11))

# uv is to use the Python of .venv, and to fetch none of its own.
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE        := copy

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help test test-stories test-browser test-chaos test-hostile browser demo lint format bench bench-cage bench-many docs clean tools

help:
	@echo 'make demo    the whole loop on a pretend GitHub; ONCE=1 ends by itself; AGENT= MODEL_URL= REPO= ISSUE= choose'
	@echo 'make test    all tests but those below; ARGS= goes to pytest, JOBS= is how many at once'
	@echo 'make test-chaos   kill -9 at every write and at other bad moments'
	@echo 'make test-hostile   the programs that attack the cage, all of them'
	@echo 'make test-stories   what people see, from a label to a pull request'
	@echo 'make test-browser   the journeys of a newcomer in a real browser'
	@echo 'make browser   install that browser'
	@echo 'make lint    ruff, mypy and the import contracts'
	@echo 'make format  ruff, mending what it can'
	@echo 'make bench   the benchmarks'
	@echo 'make bench-cage   the start of a cage alone'
	@echo 'make bench-many   fifty jobs handed over at once; takes minutes, ARGS=--quick takes four'
	@echo 'make docs    the generated pages'
	@echo 'make clean   remove the environment and every cache'

test: $(ENVIRONMENT)
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup $(ARGS)

# A browser for the tests, installed where that is ours to do.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 chromium; \
		else \
			echo 'Chromium is missing. Install it: apt install chromium, or brew install --cask chromium' >&2; exit 1; \
		fi; }

# The journeys of a newcomer in a real browser.
test-browser: $(ENVIRONMENT) browser
	$(BIN)/python -m pytest -q -m browser -n 2 --dist loadgroup tests/browser $(ARGS)

# What people see, with everything in it.
test-stories: $(ENVIRONMENT)
	$(BIN)/python -m pytest -q -m story -n $(JOBS) --dist loadgroup tests/stories $(ARGS)

# Processes that are killed in the middle of everything.
test-chaos: $(ENVIRONMENT)
	$(BIN)/python -m pytest -q -m chaos -n 2 --dist loadgroup tests/chaos $(ARGS)

# The programs that attack the cage, and the cage where there is no bubblewrap.
test-hostile: $(ENVIRONMENT)
	$(BIN)/python -m pytest -q -m hostile -n 2 --dist loadgroup tests/hostile tests/cage $(ARGS)

# ONCE, AGENT, MODEL_URL, REPO and ISSUE reach the demo through its environment, where make puts them.
demo: $(ENVIRONMENT)
	@$(BIN)/python -m localhub.demo

lint: $(ENVIRONMENT)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(ENVIRONMENT)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(ENVIRONMENT)
	$(BIN)/python -m bench $(ARGS)

bench-cage: $(ENVIRONMENT)
	@$(BIN)/python -m bench cage $(ARGS)

# Not one of `make bench`: it keeps a small machine busy for minutes.
bench-many: $(ENVIRONMENT)
	@$(BIN)/python -m bench many $(ARGS)

docs: $(ENVIRONMENT)
	$(BIN)/python -m scripts.docs
	$(BIN)/handoff settings > .env.example

clean:
	rm -rf .venv .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# The environment is a file: it is made again only when what it is made from has changed.
$(ENVIRONMENT): pyproject.toml uv.lock
	@$(MAKE) --no-print-directory tools
	@set -e; \
	if [ ! -x $(BIN)/python ]; then \
		for name in $(PYTHON) $(if $(PYTHON),,$(PYTHONS)); do \
			if "$$name" -c '$(NEW_ENOUGH)' 2>/dev/null; then found="$$name"; break; fi; \
		done; \
		if [ -z "$$found" ]; then \
			echo 'Python 3.11 or newer is missing. Install it: apt install python3 python3-venv, or brew install python@3.12' >&2; exit 1; \
		fi; \
		"$$found" -m venv .venv || { rm -rf .venv; \
			echo "$$found has no venv. Install it: apt install python3-venv" >&2; exit 1; }; \
	fi
	@[ -x $(BIN)/uv ] && $(BIN)/uv --version | grep -qF ' $(UV_VERSION)' || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv==$(UV_VERSION)'
	@$(BIN)/uv sync --frozen --inexact --quiet
	@touch $@

# What cannot be installed into .venv.
tools:
	@command -v git >/dev/null || { echo 'git is missing. Install it: apt install git, or brew install git' >&2; exit 1; }
	@[ "$$(uname)" != Linux ] || command -v bwrap >/dev/null || \
		echo 'Hint: bubblewrap is not installed, so cages use unshare, which keeps less. Install it: apt install bubblewrap' >&2
