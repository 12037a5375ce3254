# paperknife's everyday commands. `make help` lists them. Everything lives in .venv; nothing else on the machine is touched.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin

# The first of these that runs and is new enough. pyenv's shims exist for versions that do not run here, so each is tried.
PYTHON := $(shell for python in python3.13 python3.12 python3 python; do \
	$$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 && { echo $$python; break; }; \
	done)

.DEFAULT_GOAL := help
.PHONY: help demo test lint types format bench wheel clean

help:  ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed  ## a small trading venue, its client and the proxy between them, in this terminal
	@$(BIN)/paperknife demo

# Hundreds of tests start commands. Bytecode of ours is therefore kept even where the environment says otherwise: each of them
# would compile all that it imports once more.
test: $(VENV)/.developing  ## run every test, on every core
	env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/.developing  ## ruff, and the rule which package may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.developing  ## mypy, strict
	$(BIN)/mypy

format: $(VENV)/.developing  ## let ruff lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.developing  ## measure, side by side in one run; the table goes to bench/RESULTS.md
	$(BIN)/python bench/rendering.py
	$(BIN)/python -m bench.run

wheel: $(VENV)/.developing  ## build the wheel and the source archive into dist/
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

clean:  ## remove .venv, dist and every cache
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.12 or newer, with its venv module, was expected as python3.13, python3.12 or python3, and none runs here." >&2; \
		echo "Install one (on Debian: apt install python3 python3-venv; elsewhere: pyenv or uv) and try again." >&2; \
		exit 2; \
	fi
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml
	@echo "Installing paperknife into $(VENV) ..."
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --editable .
	@touch $@

$(VENV)/.developing: $(BIN)/python pyproject.toml
	@echo "Installing paperknife and what its tests need into $(VENV) ..."
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install --editable '.[dev]'
	@touch $@ $(VENV)/.installed
