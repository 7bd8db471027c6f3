# Every command a contributor types. `make` alone lists them.
PYTHON ?= python3
PORT   ?= 8000
PAGES  ?= tests/pages/sites
DATA   ?= pagesift-data
SHARED ?= ../shared
DOCS   ?= 100000
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help serve test test-quick test-whoosh lint browser screenshot quality templates duplicates bench bench-web soak hostile sites clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

serve: $(VENV)/.installed ## index the sample pages (PAGES=folder for your own) and serve them on PORT
	@$(BIN)/reindex "$(PAGES)" --data "$(DATA)"
	@$(BIN)/pagesift serve --data "$(DATA)" --port $(PORT)

test: $(VENV)/.developer browser lint ## everything: linters, types and all tests, the browser's too
	$(BIN)/python -m pytest

test-quick: $(VENV)/.developer ## the tests that take less than a few seconds and need no browser
	$(BIN)/python -m pytest -m "not browser and not slow"

lint: $(VENV)/.developer ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/mypy

browser: ## Chromium for the browser tests, from Debian's packages where it is missing
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else \
	    echo "The browser tests need Chromium: install it (Debian: sudo apt-get install chromium) and run again." >&2; \
	    exit 1; \
	  fi; }

screenshot: $(VENV)/.developer browser ## the pictures in the README, taken anew
	$(BIN)/python tests/browser/screenshot.py docs

sites: $(VENV)/.developer ## the sample pages, made anew by their generator
	$(BIN)/python tests/pages/make_sites.py

quality: $(VENV)/.developer ## cleaning measured on the development pages (needs SHARED)
	@test -d "$(SHARED)/bench" || { echo "make quality needs the benchmark data: SHARED=folder make quality" >&2; exit 1; }
	$(BIN)/python "$(SHARED)/bench/extraction/score.py"
	$(BIN)/python tests/quality/banners.py "$(SHARED)/bench"
	$(BIN)/python tests/quality/floors.py "$(SHARED)"
	$(BIN)/python tests/quality/parsers.py "$(SHARED)" 3
	@$(MAKE) --no-print-directory templates duplicates

templates: $(VENV)/.developer ## furniture left with learnt templates: sample sites, Debian documentation packages (apt-get)
	$(BIN)/python tests/quality/templates.py

duplicates: $(VENV)/.developer ## which development pages are taken for one article (needs SHARED)
	$(BIN)/python tests/quality/duplicates.py "$(SHARED)/bench/extraction/data"

bench: $(VENV)/.developer ## the engine beside native ones, at DOCS documents (needs SHARED)
	@test -d "$(SHARED)/bench" || { echo "make bench needs the benchmark data: SHARED=folder make bench" >&2; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check tantivy==0.27.0
	PYTHONPATH=.:$(SHARED)/bench/speed $(BIN)/python "$(SHARED)/bench/speed/run.py" --docs $(DOCS) --clock cpu \
	  --engine tantivy --engine tantivy20 --engine tests.bench.adapters:Pagesift \
	  --engine tests.bench.adapters:PagesiftTop20

bench-web: $(VENV)/.developer ## reindex of DOCS generated pages, then answers over HTTP, end to end (needs SHARED)
	@test -d "$(SHARED)/bench" || { echo "make bench-web needs the benchmark data: SHARED=folder make bench-web" >&2; exit 1; }
	PYTHONPATH=.:$(SHARED)/bench/speed $(BIN)/python tests/bench/whole.py --docs $(DOCS)

test-whoosh: $(VENV)-whoosh/.installed ## the engine's tests on the last release of the first Whoosh
	$(VENV)-whoosh/bin/python -m pytest tests/search

soak: $(VENV)/.developer ## reindex killed at 200 random instants; 10,000 random requests to the API
	PAGESIFT_KILLS=200 $(BIN)/python -m pytest tests/test_killed.py
	PAGESIFT_REQUESTS=10000 $(BIN)/python -m pytest tests/web/test_web_openapi.py

hostile: $(VENV)/.developer browser ## every kind of page in the browser, full of the lists of hostile strings (needs SHARED)
	@test -d "$(SHARED)/bench" || { echo "make hostile needs the benchmark data: SHARED=folder make hostile" >&2; exit 1; }
	$(BIN)/python tests/browser/hostile.py "$(SHARED)/bench/hostile"

clean: ## away with everything that was made here
	rm -rf $(VENV) $(VENV)-whoosh build dist *.egg-info "$(DATA)" .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Pagesift needs Python 3.11 or newer: PYTHON=/path/to/python3.11 make $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv is missing: install it (Debian: apt-get install python3-venv) and run again." >&2; exit 1; }

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developer: pyproject.toml | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)-whoosh/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)-whoosh
	$(VENV)-whoosh/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(VENV)-whoosh/bin/pip uninstall --quiet --yes whoosh3
	$(VENV)-whoosh/bin/pip install --quiet --disable-pip-version-check --force-reinstall --no-deps Whoosh==2.7.4
	@touch $@
