# Liangzheng 亮证. `make` alone lists what can be made.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
PY := .venv/bin/python
READY := .venv/.ready
QUICK := not postgresql and not browser
FILES ?= tests

.PHONY: help run test check static bench screenshots migration lock translations clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(READY)  ## the demo on http://127.0.0.1:8000; HOST=, PORT=, DATA= change where
	@exec $(PY) -m wallet demo

test: $(READY)  ## everything: style, types, floors, both databases, a real browser
	@.ci/setup system
	@$(MAKE) static
	$(PY) -m pytest

check: $(READY)  ## what is quick: style, types, floors, tests without PostgreSQL and browser
	@$(MAKE) static
	$(PY) -m pytest -q -m '$(QUICK)'

static: $(READY)
	.venv/bin/ruff format --check --quiet
	.venv/bin/ruff check --quiet
	$(PY) -m mypy --no-error-summary
	.venv/bin/lint-imports > .venv/floors.log || { cat .venv/floors.log; exit 1; }

migration: $(READY)  ## write the revision that MESSAGE='what changes' describes, from the models
	$(PY) -m wallet.migrations '$(MESSAGE)'
	.venv/bin/ruff format --quiet wallet/migrations/versions

lock: $(READY)  ## requirements.lock, anew from pyproject.toml
	$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile -q pyproject.toml --group dev --generate-hashes --universal \
	    --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements.lock

clean:  ## what was made here: environment and caches; the data folder stays
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@echo "Preparing the environment in .venv; this takes a minute or two at the first time."
	@PYTHON=$(PYTHON) .ci/setup python
	@touch $@
