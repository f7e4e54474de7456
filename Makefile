# `make run` and `make test` are all a fresh machine needs: Python 3.11 or newer, and make.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run install test check audit lint bench soak fuzz lock locales clean

help: ## say what each target does
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: install ## start the bot when GUB_BOT_TOKEN is set (environment or .env), else the sandbox
	@$(BIN)/python -m gub start

install: .venv/.runtime ## create .venv with what the bot needs

# A .venv from before the folder was moved, or whose Python is gone, is made anew.
ifneq ($(shell cat .venv/.python 2>/dev/null)$(if $(realpath $(BIN)/python),, is broken),$(CURDIR))
.PHONY: .venv/.python
endif

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "GUB needs Python 3.11 or newer, and $(PYTHON) is not. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@pwd -P > $@

.venv/.runtime: .venv/.python requirements.lock pyproject.toml src/gub/__init__.py
	@echo "Installing GUB into .venv ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	@echo "Installing the test tools into .venv ..."
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

test: .venv/.dev ## run every test
	@$(BIN)/python -m pytest -n auto --dist loadfile

lint: .venv/.dev ## format, lint, types, import direction
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: .venv/.dev ## look up known weaknesses of what is locked, where the advisories can be reached
	@$(BIN)/python -m tools.audit

check: lint audit test ## lint, types, import direction, known weaknesses, tests

bench: .venv/.dev ## measure, each figure against a reference in the same run
	@$(BIN)/python -m benchmarks

MINUTES ?= 10
soak: .venv/.dev ## people do anything while everything fails (MINUTES=30 SEED=7; WORKERS=3 or 1, else both)
	@GUB_SOAK_MINUTES=$(MINUTES) GUB_SOAK_SEED=$(SEED) GUB_SOAK_WORKERS=$(WORKERS) $(BIN)/python -m pytest -x tests/chaos/test_soak.py

fuzz: .venv/.dev ## every field of updates and buttons replaced by anything, anew in each run, for many minutes
	@HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest tests/fuzz

lock: .venv/.dev ## pin the dependencies again, with hashes and without addresses
	@cd $(CURDIR) && CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra embedded \
	  --output-file requirements.lock pyproject.toml
	@cd $(CURDIR) && CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
	  --constraint requirements.lock --output-file requirements-image.lock pyproject.toml
	@cd $(CURDIR) && CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra embedded --extra dev \
	  --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

locales: .venv/.dev ## gather the texts of the code into the catalogues, and compile those (LANGUAGES="de ru": only these)
	@$(BIN)/python -m tools.catalogues $(LANGUAGES)

clean: ## forget .venv and what tests left behind
	@rm -rf .venv test-output
