# One door for each verb. Needs Python 3.11 or newer and make; everything else is fetched into this folder.
# PYTHON chooses the interpreter, PORT the port of `make serve`, SITE_URL the address for canonical links.

PYTHON ?= python3
PORT ?= 8000

BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PY := $(BIN)/python
READY := .venv/.installed node_modules/.installed

export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup build check serve test transcripts bench lint format types lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

setup: $(READY) ## fetch the locked tools into .venv/ and node_modules/

check: $(READY) ## check the data and the prose: every problem at once, at its line
	@$(PY) -m build_scripts check

build: $(READY) ## build the finished site into site/
	@$(PY) -m build_scripts build

serve: $(READY) ## build, serve at http://127.0.0.1:8000/ (PORT=...), build again on every edit
	@$(PY) -m build_scripts serve --port $(PORT)

test: lint types build ## run every check and every test, a real browser included
	@$(PY) -m build_scripts browser
	$(PY) -m pytest -n auto --dist loadfile --no-loadscope-reorder

transcripts: build ## write the stored transcripts for screen readers anew; read what changed
	@$(PY) -m tests.browser.transcript

bench: build ## measure the site beside Pyodide as it comes, about half an hour on a quiet machine
	@$(PY) -m build_scripts browser
	$(PY) -m build_scripts bench

lint: $(READY) ## check style and formatting
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: $(READY) ## check the types of Python and JavaScript
	$(PY) -m mypy
	$(BIN)/node node_modules/typescript/bin/tsc --project tsconfig.json

format: $(READY) ## format the Python files
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

lock: $(READY) ## resolve the dependencies anew into the lock files
	$(PY) -m pip install --quiet uv
	$(PY) -m build_scripts lock
	$(BIN)/npm install --package-lock-only

clean: ## remove everything that was fetched or built
	rm -rf .venv node_modules .cache build site .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed: make PYTHON=..." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv || { echo "No virtual environment could be made; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	@touch $@

node_modules/.installed: .venv/.installed package-lock.json package.json .npmrc
	$(BIN)/npm ci --silent
	@touch $@
