# Liangzheng 亮证. `make` alone lists what can be made.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
PY := .venv/bin/python
READY := .venv/.ready
QUICK := not postgresql and not browser
JUDGED_BY := check,credential,edges,offline_verdicts,reading_a_code,reading_any_text,status_list,trust,verdict
ROUNDS ?= 10000
JOBS ?= 2

CATALOGUE := verify/translations/en/LC_MESSAGES/messages

.PHONY: help run test check static coverage faults proof bench weigh screenshots migration lock translations clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(READY)  ## the demo on http://127.0.0.1:8000; HOST=, PORT=, DATA= change where, TLS=1 is https for a phone
	@exec $(PY) -m wallet demo

test: $(READY)  ## everything: style, types, floors, both databases, a real browser
	@.ci/setup system
	@.ci/setup foreign
	@$(MAKE) static
	@$(MAKE) coverage
	$(PY) -m pytest -q -n $(JOBS) --dist loadfile

check: $(READY)  ## what is quick: style, types, floors, tests without PostgreSQL and browser
	@.ci/setup system
	@.ci/setup foreign
	@$(MAKE) static
	$(PY) -m pytest -q -n $(JOBS) --dist loadfile -m '$(QUICK)'

static: $(READY)
	.venv/bin/ruff format --check --quiet
	.venv/bin/ruff check --quiet
	$(PY) -m mypy --no-error-summary
	@.venv/bin/lint-imports > .venv/floors.log || { cat .venv/floors.log; exit 1; }
	$(PY) .ci/vendor.py check

faults: $(READY)  ## the long suite: races, rotations, 1,000 kills while issuing; ROUNDS= says how many races
	@.ci/setup system
	LZ_FAULT_ROUNDS=$(ROUNDS) $(PY) -m pytest -q -n $(JOBS) -o faulthandler_timeout=7200 tests/faults

coverage: $(READY)  ## every line and branch of what judges a code is taken by its own tests, or it fails
	$(PY) -m coverage run -m pytest -q tests/verify/test_{$(JUDGED_BY)}.py
	$(PY) -m coverage report

proof: $(READY)  ## fuzzing for FUZZ= seconds (600) and mutation of what judges a code, with scores; 100,000 rows of stock
	$(PY) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-proof.lock
	$(PY) -m tests.fuzz --seconds $(or $(FUZZ),600)
	$(PY) .ci/mutation.py
	$(PY) -m bench.imports --rows 100000

bench: $(READY)  ## codes, verdicts, lists, PDFs as ratios to a floor, imports, both ends in a browser; into bench/results/
	@.ci/setup system
	$(PY) -m bench

weigh: $(READY)  ## bytes and requests of the wallet's first and second visit, and to a drawn code
	@.ci/setup system
	$(PY) -m bench.weigh

screenshots: $(READY)  ## docs/images from a fresh demo, and every page and state in both sizes into var/screenshots
	@.ci/setup system
	PYTHONPATH=. $(PY) .ci/screenshots.py $(PART)

migration: $(READY)  ## write the revision that MESSAGE='what changes' describes, from the models
	$(PY) -m wallet.migrations '$(MESSAGE)'
	.venv/bin/ruff format --quiet wallet/migrations/versions

translations: $(READY)  ## the English catalogue, anew from templates and sources
	.venv/bin/pybabel -q extract -F .ci/babel.cfg --no-wrap --sort-by-file --add-location=file \
	    -o .venv/messages.pot .
	.venv/bin/pybabel -q update -i .venv/messages.pot -o $(CATALOGUE).po -l en --no-wrap \
	    --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	.venv/bin/pybabel -q compile -i $(CATALOGUE).po -o $(CATALOGUE).mo

lock: $(READY)  ## requirements.lock and requirements-proof.lock, anew from pyproject.toml
	$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile -q pyproject.toml --group dev --generate-hashes --universal \
	    --python-version 3.11 --no-emit-index-url --no-emit-find-links -o requirements.lock
	$(PY) -m uv pip compile -q --group proof -c requirements.lock \
	    --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	    --no-emit-find-links -o requirements-proof.lock

clean:  ## what was made here: environment and caches; the data folder stays
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@echo "Preparing the environment in .venv; this takes a minute or two at the first time."
	@PYTHON=$(PYTHON) .ci/setup python
	@touch $@
