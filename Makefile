# Prime Time: every command a person types. `make` alone lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help

BIN := .venv/bin
NODE := PATH="$(CURDIR)/.venv/bin:$$PATH"
# The local cloud starts machines and their firewalls, which only root may. setup.sh asks for root by itself, where it must.
ROOT := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env --set-home)
# Tests run in so many processes at once: they wait more than they compute. One deployment goes to one process.
WORKERS ?= 3
PYTEST := $(BIN)/pytest --numprocesses $(WORKERS) --dist loadgroup

.PHONY: help setup demo down test test-quick test-web lint sanity format lock bench clean

help: ## list these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## make .venv/ from the lock, with all that the demo and the tests need
	@scripts/setup.sh packages environment

demo: ## deploy everything to this machine's own cloud and fill it: make demo [CORPUS=path[,path…]]
	@scripts/setup.sh packages docker environment
	@$(ROOT) $(BIN)/python scripts/demo.py $(if $(CORPUS),--corpus '$(CORPUS)')

down: ## stop the demo's machines and keep what they hold; make demo brings them back
	@$(ROOT) $(BIN)/localcloud down

test: ## everything, the deployment and the browser included (a bare machine is enough)
	@scripts/setup.sh packages docker browser redis environment
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint sanity test-web
	@$(ROOT) $(PYTEST)

test-quick: ## what needs no container: units, and integration on the embedded PostgreSQL
	@scripts/setup.sh packages environment
	@$(MAKE) --no-print-directory --jobs 2 --output-sync lint test-web
	@$(PYTEST) tests/unit tests/integration collections/ansible_collections/primetime/lightsail/tests/unit

test-web: app/web/node_modules/.package-lock.json ## the site's own tests
	@cd app/web && $(NODE) npm run --silent check && $(NODE) npm test --silent

lint: ## ruff, mypy, ansible-lint, yamllint
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/yamllint --strict .
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(BIN)/ansible-lint -q --offline

sanity: ## the Ansible collection as its reviewers look at it: ansible-test sanity
	@scripts/sanity.sh

format: ## put the Python into its one format
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lock: ## pin every dependency again, newest that fit
	@scripts/lock.sh

bench: ## the figures of the README's table: make bench WHAT="demo memory"
	@$(ROOT) $(BIN)/python scripts/bench.py $(or $(WHAT),demo)

clean: ## leave nothing behind: machines, networks, volumes, images, .venv, build
	@if [ -x $(BIN)/localcloud ]; then $(ROOT) scripts/clean.sh; fi
	@$(ROOT) rm -rf .venv .localcloud build app/web/node_modules app/web/build app/web/.svelte-kit \
	  .pytest_cache .mypy_cache .ruff_cache .hypothesis .ansible
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

app/web/node_modules/.package-lock.json: app/web/package-lock.json
	@cd app/web && $(NODE) npm ci --silent
