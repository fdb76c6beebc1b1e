# `make help` lists the targets. A new machine needs python3 (3.11 or newer), make and git.
#
#   make run PORT=8001                        another port
#   make test ARGS="-k faq"                   some tests
#   make test PYTHON=python3.13 VENV=.venv313 another Python, in an environment of its own
#   DATABASE_URL=postgres://... make run      another database

PYTHON ?= python3
VENV = .venv
ARGS =
ON = both
KILLS = 500
EDITS = 1000
URL = http://localhost:8000
export VENV
# Images of containers ask Python to keep no bytecode. A site and a suite are many processes, each of which
# would compile Django and Wagtail anew: two thirds of its start.
unexport PYTHONDONTWRITEBYTECODE

python := $(VENV)/bin/python
environment := $(PYTHON) scripts/environment.py

.DEFAULT_GOAL := help
.PHONY: help run dev setup test test-wheel chaos lint format messages lock bench screenshots clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

run: ## prepare and serve the demo site on http://localhost:8000 (PORT=...)
	@$(environment) site
	@exec $(python) scripts/run.py serve

dev: ## the same with Django's development server, which reloads changed code
	@$(environment) dev
	@exec $(python) scripts/run.py dev

setup: ## make the virtual environment with everything a developer needs
	@$(environment) dev

test: setup ## run the whole suite on SQLite, then on PostgreSQL (ON=sqlite, ARGS="-k faq")
	@exec $(python) scripts/test.py $(ON) $(ARGS)

test-wheel: setup ## build the wheel and use it in a project made by `wagtail start`
	@exec $(python) -m pytest -m wheel $(ARGS)

chaos: setup ## kill 500 publishes, make 1,000 edits beside the cache and a copy, on each database (KILLS=, EDITS=)
	@CHAOS_KILLS=$(KILLS) CHAOS_EDITS=$(EDITS) exec $(python) scripts/test.py $(ON) tests/chaos -s -m "not wheel" $(ARGS)

lint: setup ## check style, types, templates, layers, settings, migrations and messages
	@exec $(python) scripts/lint.py $(ARGS)

format: setup ## let ruff format and mend what it can
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format .

messages: setup ## gather the texts into the message catalogs (needs gettext)
	@$(python) scripts/messages.py update

lock: setup ## write requirements*.txt anew from pyproject.toml
	@$(python) scripts/lock.py $(ARGS)

bench: setup ## measure speed, growth and memory against what is asked for (ARGS="uncached growth")
	@exec $(python) -m benchmarks $(ARGS)

screenshots: setup ## take the pictures of docs/look.md from the demo site that runs (URL=http://localhost:8000)
	@exec $(python) scripts/screenshots.py $(URL)

clean: ## remove the environment and every cache; var/ with the demo site's data stays
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
