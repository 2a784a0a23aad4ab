# Set-up and daily work. Everything comes from the package registries into .venv and web/.

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
PAGE := web/dist/.built
PAGE_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path '*/__pycache__/*' 2>/dev/null)
# Only what the lock's hashes name is run: a source distribution would fetch its own build tools.
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check \
	--require-hashes --only-binary :all:
COMPILE := UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url $(if $(UPGRADE),--upgrade)
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test fix check migrate schema bench lock race fuzz

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

run: $(RUNTIME) $(PAGE) ## Serve on http://127.0.0.1:8000 with demonstration data
	@$(BIN)/python -m server migrate
	@exec $(BIN)/python -m server serve --demo

test: check $(PAGE) ## Run the checks and every test, on SQLite and on PostgreSQL
	$(PYTEST) --quiet -rs --numprocesses auto --maxprocesses 4 --dist worksteal

check: $(DEVELOPMENT) ## Check format, lint, types, import contracts and dependencies
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy --no-error-summary .
	$(BIN)/lint-imports --no-logo
	$(BIN)/deptry .

fix: $(DEVELOPMENT) ## Format the code and apply the safe corrections
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

migrate: $(RUNTIME) ## Bring the database up to date
	@$(BIN)/python -m server migrate

schema: $(RUNTIME) ## Write schema.graphql and docs/permissions.md
	@$(BIN)/python -m server export-schema > schema.graphql.new
	@mv schema.graphql.new schema.graphql
	@$(BIN)/python -m server export-schema --permissions > docs/permissions.md.new
	@mv docs/permissions.md.new docs/permissions.md

bench: $(DEVELOPMENT) ## Time the reference queries over HTTP on PostgreSQL
	@$(BIN)/python -m benchmarks

race: $(DEVELOPMENT) ## Run the concurrency tests with 100 rounds each
	RACE_ROUNDS=100 $(PYTEST) -m race -o faulthandler_timeout=3600

fuzz: $(DEVELOPMENT) ## Run the tests of generated input with many more examples
	$(PYTEST) -m fuzz -o faulthandler_timeout=3600 --hypothesis-profile=fuzz

lock: $(DEVELOPMENT) ## Lock what pyproject.toml names; UPGRADE=1 takes newer versions
	$(COMPILE) --group web --output-file requirements.lock pyproject.toml
	$(COMPILE) --group development --constraints requirements.lock \
		--output-file requirements-development.lock pyproject.toml

$(BIN)/python:
	@for candidate in $(PYTHON) python3.11 python3.12 python3.13 python3 python; do \
		if "$$candidate" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then echo "Creating $(VENV) with $$candidate."; exec "$$candidate" -m venv --clear $(VENV); fi; \
	done; \
	echo 'Python 3.11 or newer with its venv module is needed (Debian: apt install python3-venv).' >&2; \
	echo 'PYTHON=/path/to/python make ... chooses one that is not in PATH.' >&2; exit 1

$(RUNTIME): requirements.lock | $(BIN)/python
	@echo 'Installing the locked dependencies.'
	@$(PIP_INSTALL) --requirement $<
	@touch $@

$(DEVELOPMENT): requirements-development.lock | $(BIN)/python
	@echo 'Installing the locked dependencies for development.'
	@$(PIP_INSTALL) --requirement $<
	@touch $@ $(RUNTIME)

$(PAGE): $(PAGE_SOURCES) | $(RUNTIME)
	@if [ -f web/build.py ]; then echo 'Building the GraphiQL page.'; $(BIN)/python web/build.py; fi
	@mkdir -p $(@D) && touch $@
