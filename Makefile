# Two commands are enough: make run, make test.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: help run test night check check-static bench fuzz demo lock messages system

help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

.venv/.ok: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	touch $@

.venv/.dev: .venv/.ok requirements-dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

.venv/.zebrash: tests/labels/zebrash/package-lock.json | .venv/.ok # a second renderer of ZPL, where there is node
	@if command -v npm >/dev/null; then \
	  npm ci --silent --no-audit --no-fund --ignore-scripts --prefix tests/labels/zebrash \
	    || echo "Could not install zebrash: labels are rendered by zplkit alone." >&2; \
	fi
	touch $@

run: .venv/.ok ## install, migrate, load the demonstration if empty, and serve
	$(BIN)/python wsgi.py

system: # what tests of pages and papers drive; only where we may install it
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  get() { \
	    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$$@" >/dev/null \
	      || echo "Could not install $$*. Tests that need it are skipped or take longer." >&2; \
	  }; \
	  lacks() { ! command -v "$$1" >/dev/null; }; \
	  if lacks chromium || lacks chromium-headless-shell || lacks pdftotext || lacks cc; then \
	    apt-get update -qq || true; \
	    if lacks chromium; then get chromium; fi; \
	    if lacks chromium-headless-shell; then get chromium chromium-headless-shell; fi; \
	    if lacks pdftotext; then get poppler-utils; fi; \
	    if lacks cc; then get gcc libc6-dev; fi; \
	  fi; \
	fi

test: .venv/.dev .venv/.zebrash system ## install what tests need and run them all
	@if [ -w /dev/shm ] && [ "$$(df -Pk /dev/shm | awk 'NR == 2 {print $$4}')" -ge 4194304 ]; then \
	  export TMPDIR=/dev/shm; \
	fi; \
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

# What a night tries more often than CI; docs/evidence.md says what each counts.
NIGHT := KITTRACE_KILLS=500 KITTRACE_ROUNDS=100 KITTRACE_MUTATIONS=1000 KITTRACE_EXAMPLES=500 \
  KITTRACE_CUTS=1000 KITTRACE_SEED=random

night: ## try the promises of the ledger as often as only a night has time for
	env $(NIGHT) $(MAKE) test ARGS="tests/trust -rP $(ARGS)"

check-static: .venv/.dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: check-static test ## everything that has to be green before a commit

bench: .venv/.dev ## measure what we promise
	$(BIN)/python -m bench

fuzz: .venv/.dev ## let Hypothesis make up 100,000 scans for the reader and the API
	$(BIN)/python -m bench.fuzz $(ARGS)

demo: .venv/.ok ## load the demonstration clinic into an empty database
	$(BIN)/flask db upgrade
	$(BIN)/flask demo load

lock: .venv/.dev ## pin all dependencies anew, with hashes
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 requirements-dev.in -o requirements-dev.txt

messages: .venv/.ok ## collect what is to be translated into the Italian catalogue
	$(BIN)/pybabel -q extract -F babel.cfg -k say -k N_ -k lazy_gettext --no-location --sort-output \
	  --project KitTrace --copyright-holder "The KitTrace authors" -o messages.pot .
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --no-wrap -i messages.pot -d inventory/translations -l it
	rm messages.pot
