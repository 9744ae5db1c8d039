# make help lists the targets.
ENV ?= dev
# dev: everything; synth: only what makes templates and bundles, as CI does before a deploy.
SETUP ?= dev
PYTHON ?= python3
BIN := .venv/bin
CDK := node_modules/.bin/cdk
PG15 := $(CURDIR)/node_modules/postgresql-15/native/bin
PG16 := $(CURDIR)/tests/matrix/node_modules/postgresql-16/native/bin
PG18 := $(CURDIR)/tests/matrix/node_modules/postgresql-18/native/bin
SIZE ?= medium
BASE ?= origin/main
# Text, whatever is in it: make expands nothing in it, and recipes have it from their environment, in quotes.
GIVEN := ENV BASE SIZE PROPOSED WHOLE KEYLESS_INDEX_URL
$(foreach name,$(GIVEN),$(eval override $(name) := $$(value $(name))))
export $(GIVEN)
PIP := $(BIN)/python -I -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --only-binary=:all:
# No setting that pip has on this machine counts; KEYLESS_INDEX_URL names another index than PyPI (docs/supply-chain.md).
unexport $(filter PIP_%,$(.VARIABLES))
export PIP_CONFIG_FILE := /dev/null
ifdef KEYLESS_INDEX_URL
export PIP_INDEX_URL := $(KEYLESS_INDEX_URL)
endif
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20
export CDK_DISABLE_CLI_TELEMETRY := 1

.DEFAULT_GOAL := help
.PHONY: help an-environment one-environment preflight access-plan setup lock rehearse test format lint unit infrastructure mutants database rehearsal templates synth synth-profile bootstrap diff deploy destroy schema test-matrix soak bench scaling clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.for-$(SETUP) node_modules/.for-$(SETUP) ## install everything into .venv and node_modules; a no-op when nothing changed

.venv/.for-dev: requirements-dev.txt pyproject.toml
	$(make-venv)
	@$(PIP) --requirement requirements-dev.txt
	@$(BIN)/python -I -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.for-synth: requirements.txt
	$(make-venv)
	@$(PIP) --requirement requirements.txt
	@touch $@

# Anew each time, so that nothing is left of what it held before.
define make-venv
	@echo "installing Python packages into .venv (about a minute) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv --clear .venv
endef

node_modules/.for-dev: package.json package-lock.json
	@echo "installing the cdk command line into node_modules ..."
	@npm ci --ignore-scripts --silent --no-audit --no-fund
	@npm rebuild postgresql-15 >/dev/null # the one package whose script runs: it links the server's libraries
	@touch $@

node_modules/.for-synth: package.json package-lock.json
	@echo "installing the cdk command line into node_modules ..."
	@npm ci --ignore-scripts --omit=optional --silent --no-audit --no-fund
	@touch $@

lock: setup ## write every requirements*.txt, with hashes, from its requirements*.in; ARGS=--upgrade for newer versions
	@$(BIN)/python -m scripts.lock $(ARGS)

rehearse: setup ## deploy the app on this machine and show who can do what
	@$(BIN)/python -m keyless.rehearsal $(ARGS)

test: setup lint unit infrastructure database rehearsal ## all checks and tests

format: setup ## lay out the Python code as `make lint` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --select I --fix .

lint: setup ## ruff, mypy, pyright, import-linter, actionlint, zizmor
	$(BIN)/ruff format --check --quiet . || { echo "make format puts it right" >&2; exit 1; }
	$(BIN)/ruff check .
	$(BIN)/mypy
	node_modules/.bin/pyright --warnings
	PYTHONPATH=.:constructs:bootstrap_lambda:client $(BIN)/lint-imports --no-cache
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --quiet --strict-collection --no-config .github

unit: setup ## the tests that need no deployment: spec, client, sample
	$(BIN)/pytest -q -n auto tests/unit

infrastructure: setup tests/iam/node_modules/.installed ## the templates: rules, mutants, rights, reachability, cdk-nag, cfn-lint, snapshots
	$(BIN)/pytest -q -n auto tests/infrastructure

mutants: setup ## every property of every resource broken by machine; writes docs/mutants-automatic.md
	PYTHONPATH=.:constructs:bootstrap_lambda:client $(BIN)/python -m tests.infrastructure.checks.automatic

templates: setup ## the quick part of infrastructure, while working on constructs: settings, snapshots, the stacks' own tests
	$(BIN)/pytest -q $(addprefix tests/infrastructure/,test_layout.py test_snapshots.py settings network database monitoring access/test_workload.py stacks/test_stacks.py)

tests/iam/node_modules/.installed: tests/iam/package.json tests/iam/package-lock.json
	@cd tests/iam && npm ci --ignore-scripts --silent --no-audit --no-fund
	@touch $@

database: setup ## the engine on a real PostgreSQL 17 and 15, and on a hostile 17: rights, drift, proof, any spec to any other, all tried out
	$(BIN)/pytest -q -n auto tests/database tests/reliability tests/properties tests/oracle
	POSTGRES_BIN=$(PG15) $(BIN)/pytest -q -n auto tests/database tests/oracle/test_oracle.py
	HOSTILE=1 $(BIN)/pytest -q -n auto --ignore tests/database/run/test_hijack.py tests/database # which makes traps of its own

test-matrix: database tests/matrix/node_modules/.installed ## the engine on PostgreSQL 15, 16, 17 and 18
	for v in 16 18; do POSTGRES_BIN=$(CURDIR)/tests/matrix/node_modules/postgresql-$$v/native/bin \
		$(BIN)/pytest -q -n auto tests/database tests/reliability tests/properties tests/oracle || exit 1; done

tests/matrix/node_modules/.installed: tests/matrix/package.json tests/matrix/package-lock.json
	@cd tests/matrix && npm ci --silent --no-audit --no-fund
	@touch $@

soak: setup tests/matrix/node_modules/.installed ## 200 rounds of concurrent runs, 2,000 examples, ORACLE_TRIPLES rights tried on each of PostgreSQL 15 to 18; takes a long time
	SOAK_ROUNDS=200 $(BIN)/pytest -q tests/reliability tests/properties
	for bin in $(PG15) $(PG16) "" $(PG18); do POSTGRES_BIN=$$bin ORACLE_TRIPLES="$${ORACLE_TRIPLES:-260000}" \
		$(BIN)/pytest -q tests/oracle/test_oracle.py || exit 1; done

bench: setup ## what a run costs; SIZE="small medium large"
	set -f; PYTHONPATH=.:bootstrap_lambda:client $(BIN)/python -m bench $$SIZE $(ARGS)

scaling: setup ## cost over 1k to 30k tables, drawn into docs
	PYTHONPATH=.:bootstrap_lambda:client $(BIN)/python -m bench.scaling

rehearsal: setup ## the rehearsal, and every control broken on purpose
	$(BIN)/pytest -q -n auto --dist loadgroup tests/rehearsal

synth: an-environment setup ## templates of ENV (dev, staging, prod or all) in cdk.out, if every gate is passed
	$(CDK) synth --quiet --strict --no-lookups --no-notices -c environment="$$ENV" $(ARGS)

synth-profile: setup ## where a synth's CPU time goes
	PYTHONPATH=.:constructs:bootstrap_lambda $(BIN)/python -m scripts.synth_profile

an-environment:
	@case "$$ENV" in "" | *[!a-z0-9-]*) echo "ENV is not the name of an environment; allowed: small letters, digits and" \
		"hyphens, such as ENV=dev" >&2; exit 1;; esac

one-environment: an-environment
	@test "$$ENV" != all || { echo "ENV=all is for make synth; name one environment: dev, staging or prod" >&2; exit 1; }

bootstrap: one-environment setup ## prepare ENV's account and region for the cdk command line; once
	@options="$$(PYTHONPATH=.:constructs:bootstrap_lambda $(BIN)/python -m scripts.bootstrap_options "$$ENV")" && set -x && \
		$(CDK) bootstrap --no-notices -c environment="$$ENV" $$options $(ARGS)

diff: one-environment setup ## what a deploy of ENV would change
	$(CDK) diff --strict --no-notices -c environment="$$ENV" $(ARGS)

preflight: one-environment setup ## what would fail a deploy of ENV in the AWS account of the current credentials; reads only
	@$(BIN)/python -m keyless.preflight --environment "$$ENV" --credentials-only
	@$(CDK) synth --quiet --strict --no-lookups --no-notices -c environment="$$ENV" $(ARGS)
	@$(BIN)/python -m keyless.preflight --environment "$$ENV"

deploy: one-environment setup $(if $(filter off,$(PREFLIGHT)),,preflight) ## deploy ENV to the AWS account of the current credentials, unless preflight finds what would fail it
	$(CDK) deploy --all --strict --no-notices -c environment="$$ENV" $(ARGS)

destroy: one-environment setup ## remove the stacks of ENV
	$(CDK) destroy --all --no-notices -c environment="$$ENV" $(ARGS)

access-plan: setup ## what the change of config/access.yaml since BASE means for users, as a comment
	@$(BIN)/python -m keyless.access_plan --base="$$BASE" $${PROPOSED:+--proposed="$$PROPOSED"} $${WHOLE:+--whole="$$WHOLE"}

schema: setup ## write config/access.schema.json, which editors check access.yaml with
	@PYTHONPATH=bootstrap_lambda $(BIN)/python -m db_access.spec.json_schema > config/access.schema.json

clean: ## remove what setup and synth made
	rm -rf .venv node_modules cdk.out
