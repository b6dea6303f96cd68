# `make demo` and `make test` do all the set-up; nothing has to be installed by hand.
SHELL := /bin/sh
PYTHON ?= python3
PORT ?= 8000
AS ?= admin
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo
PLUGINS := $(wildcard plugins/*/pyproject.toml)
DISTRIBUTIONS := -e . $(patsubst plugins/%/pyproject.toml,-e plugins/%,$(PLUGINS))
WIDGETS := $(shell find embed/src sos_core/content -type f) $(wildcard embed/*.*)
# Tests and the server start many processes; where nothing may be kept, each compiles all it imports.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help demo demo-reset token test lint bench crash hostile lock sbom audit-locks format
.DEFAULT_GOAL := help

help:  ## Explain every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/installed  ## Serve the demonstration organization in the foreground (PORT=8000)
	@$(BIN)/sos demo --data-dir $(DEMO) --port $(PORT)

demo-reset:  ## Forget the demonstration's data; the next `make demo` starts over
	rm -rf $(DEMO)

token: $(VENV)/installed  ## Print a bearer token of the demonstration (AS=admin, leader, viewer, participant, integration, operator, neighbor-admin, consultant)
	@$(BIN)/sos token --data-dir $(DEMO) --as $(AS)

test: $(VENV)/installed-test  ## Run every test, the browser's included
	$(BIN)/python -m pytest -n 3 --dist worksteal

lint: $(VENV)/installed-test  ## Check style, types, import contracts and widgets' types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python embed/toolchain.py lint

format: $(VENV)/installed-test  ## Bring the code into its one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/installed-test  ## Measure each hot path beside its limit; prints ratios
	$(BIN)/python benchmarks

crash: $(VENV)/installed-test  ## Kill servers and workers, fill disks, cut databases, at full size; many minutes
	$(BIN)/python -m tests.crash

hostile: $(VENV)/installed-test  ## Send 50,000 fuzzed documents, hostile tokens, headers and names; an hour
	$(BIN)/python -m tests.hostile

lock: $(VENV)/bin/uv  ## Resolve the dependencies anew into .ci/lock*.txt
	$(BIN)/python .ci/lock.py

sbom: $(VENV)/locked  ## Write what SOS is made of, as CycloneDX, into dist/sbom.cdx.json
	@$(BIN)/python .ci/sbom.py dist/sbom.cdx.json

audit-locks: $(VENV)/locked  ## Hold the locks against advisories in files (OSV="PyPI.zip npm.zip"); asks no network
	@$(BIN)/python .ci/audit_locks.py $(OSV)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/bin/uv: $(VENV)/bin/python
	$(PIP) uv

$(VENV)/locked: .ci/lock.txt | $(VENV)/bin/python
	@echo "Installing what SOS needs into $(VENV) ..." >&2
	@$(PIP) --require-hashes -r .ci/lock.txt
	@touch $@

$(VENV)/locked-test: .ci/lock-test.txt | $(VENV)/bin/python
	@echo "Installing what the tests need into $(VENV) ..." >&2
	@$(PIP) --require-hashes -r .ci/lock-test.txt
	@touch $@ $(VENV)/locked

$(VENV)/installed: $(VENV)/locked pyproject.toml $(PLUGINS) $(WIDGETS)
	@echo "Installing SOS and its plugins, and building the widgets ..." >&2
	@$(PIP) --no-deps $(DISTRIBUTIONS)
	@touch $@

$(VENV)/installed-test: $(VENV)/locked-test $(VENV)/installed
	@touch $@
