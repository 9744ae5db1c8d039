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
# Of every file in the wheel, in seconds since 1970, whatever the environment says: its bytes are the same each time.
override WHEEL_EPOCH := 1580601600
CLIENTS := tests/rehearsal/endpoints/clients
BROWSER := tests/report/browser
# Workers of tests that mostly wait, for deploys, locks and servers of their own: more than cores.
WAITING ?= 4
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
.PHONY: help an-environment one-environment preflight approve verify access-plan setup lock check rehearse test format lint yours unit documented infrastructure mutants servers database rehearsal templates environments synth synth-profile bootstrap diff deploy destroy dist dist-client newcomer command-reference schema test-matrix soak bench scaling clean

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

define refuse-without-node
	@{ node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' && command -v npm; } >/dev/null 2>&1 || \
		{ echo "Node 20 or newer is needed, with npm: install it, or put it on the PATH" >&2; exit 1; }
endef

# Anew each time, so that nothing is left of what it held before.
define make-venv
	@echo "installing Python packages into .venv (a minute or more, all of them anew) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv --clear .venv
endef

node_modules/.for-dev: package.json package-lock.json
	$(refuse-without-node)
	@echo "installing the cdk command line into node_modules ..."
	@npm ci --ignore-scripts --silent --no-audit --no-fund
	@npm rebuild postgresql-15 >/dev/null # the one package whose script runs: it links the server's libraries
	@touch $@

node_modules/.for-synth: package.json package-lock.json
	$(refuse-without-node)
	@echo "installing the cdk command line into node_modules ..."
	@npm ci --ignore-scripts --omit=optional --silent --no-audit --no-fund
	@touch $@

lock: setup ## write every requirements*.txt, with hashes, from its requirements*.in; ARGS=--upgrade for newer versions
	@$(BIN)/python -m scripts.lock $(ARGS)

check: setup ## what is wrong with config/access.yaml, by the file alone
	@$(BIN)/python -m keyless check $(ARGS)

rehearse: one-environment setup ## deploy ENV on this machine and show who can do what; ARGS=--keep to work on it
	@$(BIN)/python -m keyless.rehearsal --environment="$$ENV" $(ARGS)

test: setup lint yours unit documented infrastructure database rehearsal ## all checks and tests

format: setup ## lay out the Python code as `make lint` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --select I --fix .

lint: setup ## ruff, mypy, pyright, import-linter, actionlint, zizmor
	$(BIN)/ruff format --check --quiet . || { echo "make format puts it right" >&2; exit 1; }
	$(BIN)/ruff check .
	@echo "mypy reads the CDK's types: minutes the first time, seconds from then on ..."
	$(BIN)/mypy
	node_modules/.bin/pyright --warnings
	PYTHONPATH=.:constructs:bootstrap_lambda:client $(BIN)/lint-imports --no-cache
	$(BIN)/actionlint
	$(BIN)/zizmor --offline --quiet --strict-collection --no-config .github

unit: setup ## the tests that need no deployment: spec, client
	$(BIN)/pytest -q -n auto tests/unit

documented: setup ## every command, snippet, sample and link of README and docs, tried out
	$(BIN)/pytest -q -n auto tests/docs

yours: setup ## your own tests: gates, rights, reachability, connections, the sample; UPDATE_SNAPSHOTS=1 accepts what changed
	$(BIN)/pytest -q tests/yours

infrastructure: setup tests/iam/node_modules/.installed ## the templates: rules, mutants, rights, reachability, cdk-nag, cfn-lint, snapshots
	$(BIN)/pytest -q -n auto tests/infrastructure

mutants: setup ## every property of every resource broken by machine; writes docs/mutants-automatic.md
	PYTHONPATH=.:constructs:bootstrap_lambda:client $(BIN)/python -m tests.infrastructure.checks.automatic

templates: setup ## the quick part of infrastructure, while working on constructs: settings, snapshots, the stacks' own tests
	$(BIN)/pytest -q $(addprefix tests/infrastructure/,test_layout.py test_snapshots.py settings network database monitoring access/test_workload.py stacks/test_stacks.py)

tests/iam/node_modules/.installed: tests/iam/package.json tests/iam/package-lock.json
	@cd tests/iam && npm ci --ignore-scripts --silent --no-audit --no-fund
	@touch $@

servers: setup ## MariaDB and MySQL for tests and rehearsals, unpacked from Debian's packages into your cache, once; Debian and Ubuntu only
	@$(BIN)/python -m keyless.rehearsal.servers.mysql

database: setup servers $(BROWSER)/node_modules/.installed ## the engine on a real PostgreSQL 17 and 15, and on a hostile 17: rights, drift, proof, any spec to any other, all tried out; reports, in a browser
	$(BIN)/pytest -q -n $(WAITING) tests/database tests/reliability tests/properties tests/oracle tests/mysql
	POSTGRES_BIN=$(PG15) $(BIN)/pytest -q -n $(WAITING) tests/database tests/oracle/test_oracle.py
	HOSTILE=1 $(BIN)/pytest -q -n $(WAITING) --ignore tests/database/run/test_hijack.py tests/database # which makes traps of its own
	$(BIN)/pytest -q tests/report # one process: the browser looks once

$(BROWSER)/node_modules/.installed: $(BROWSER)/package.json $(BROWSER)/package-lock.json
	@cd $(BROWSER) && npm ci --ignore-scripts --silent --no-audit --no-fund
	@touch $@

test-matrix: database tests/matrix/node_modules/.installed ## the engine on PostgreSQL 15, 16, 17 and 18
	for v in 16 18; do POSTGRES_BIN=$(CURDIR)/tests/matrix/node_modules/postgresql-$$v/native/bin \
		$(BIN)/pytest -q -n auto tests/database tests/reliability tests/properties tests/oracle \
		tests/rehearsal/endpoints/test_newer_protocol.py || exit 1; done

tests/matrix/node_modules/.installed: tests/matrix/package.json tests/matrix/package-lock.json
	@cd tests/matrix && npm ci --silent --no-audit --no-fund
	@touch $@

soak: setup tests/matrix/node_modules/.installed ## 200 rounds of concurrent runs, 2,000 examples, a fleet of 1,000 clusters, 30 apps rehearsed, ORACLE_TRIPLES rights tried on each of PostgreSQL 15 to 18; takes a long time
	SOAK_ROUNDS=200 FLEET_CLUSTERS=1000 $(BIN)/pytest -q tests/reliability tests/properties
	REHEARSED_SEEDS="$${REHEARSED_SEEDS:-0-29}" $(BIN)/pytest -q -n auto tests/rehearsal/apps/test_seeded.py
	for bin in $(PG15) $(PG16) "" $(PG18); do POSTGRES_BIN=$$bin ORACLE_TRIPLES="$${ORACLE_TRIPLES:-260000}" \
		$(BIN)/pytest -q tests/oracle/test_oracle.py || exit 1; done

bench: setup ## what a run costs; SIZE="small medium large"; SIZE=cold-start: what a function's first call costs
	set -f; PYTHONPATH=.:constructs:bootstrap_lambda:client $(BIN)/python -m bench $$SIZE $(ARGS)

scaling: setup ## cost over 1k to 30k tables, drawn into docs
	PYTHONPATH=.:bootstrap_lambda:client $(BIN)/python -m bench.scaling

rehearsal: setup servers $(CLIENTS)/node_modules/.installed ## the rehearsal, and every control broken on purpose
	$(BIN)/pytest -q -n $(WAITING) --dist loadgroup tests/rehearsal

$(CLIENTS)/node_modules/.installed: $(CLIENTS)/package.json $(CLIENTS)/package-lock.json
	@cd $(CLIENTS) && npm ci --ignore-scripts --silent --no-audit --no-fund
	@touch $@

environments: setup ## the app's environments in the order of deploys, as JSON; the workflows read it
	@PYTHONPATH=constructs:bootstrap_lambda:client $(BIN)/python app.py environments

synth: an-environment setup ## templates of ENV (all: of each) in cdk.out, if every gate is passed
	$(CDK) synth --quiet --strict --no-lookups --no-notices -c environment="$$ENV" $(ARGS)

synth-profile: setup ## where a synth's CPU time goes
	PYTHONPATH=.:constructs:bootstrap_lambda:client $(BIN)/python -m scripts.synth_profile

an-environment:
	@case "$$ENV" in "" | *[!a-z0-9-]*) echo "ENV is not the name of an environment; allowed: small letters, digits and" \
		"hyphens, such as ENV=dev" >&2; exit 1;; esac

one-environment: an-environment
	@test "$$ENV" != all || { echo "ENV=all is for make synth; name one environment, such as ENV=dev" >&2; exit 1; }

bootstrap: one-environment setup ## prepare ENV's account and region for the cdk command line; once
	@options="$$(PYTHONPATH=.:constructs:bootstrap_lambda:client $(BIN)/python app.py bootstrap-options "$$ENV")" && set -x && \
		$(CDK) bootstrap --no-notices -c environment="$$ENV" $$options $(ARGS)

diff: one-environment setup ## what a deploy of ENV would change
	$(CDK) diff --strict --no-notices -c environment="$$ENV" $(ARGS)

preflight: one-environment setup ## what would fail a deploy of ENV in the AWS account of the current credentials; reads only
	@$(BIN)/python -m keyless.preflight --environment "$$ENV" --credentials-only
	@$(CDK) synth --quiet --strict --no-lookups --no-notices -c environment="$$ENV" $(ARGS)
	@$(BIN)/python -m keyless.preflight --environment "$$ENV"

approve: one-environment setup ## what a deploy of ENV would do in its databases, into config/approved for review; ARGS=--first before the first
	@$(BIN)/python -m keyless.approval --environment "$$ENV" $(ARGS)

verify: one-environment setup ## what the rehearsal shows, measured on the AWS account where ENV is deployed; asks first
	@$(BIN)/python -m keyless.verify --environment "$$ENV" $(ARGS)

deploy: one-environment setup $(if $(filter off,$(PREFLIGHT)),,preflight) ## deploy ENV to the AWS account of the current credentials, unless preflight finds what would fail it
	$(CDK) deploy --all --strict --no-notices -c environment="$$ENV" $(ARGS)

destroy: one-environment setup ## remove the stacks of ENV
	$(CDK) destroy --all --no-notices -c environment="$$ENV" $(ARGS)

access-plan: setup ## what the change of config/access.yaml since BASE means for users, as a comment
	@environments="$$(PYTHONPATH=constructs:bootstrap_lambda:client $(BIN)/python app.py environments)" && \
		$(BIN)/python -m keyless.access_plan --environments="$$environments" --base="$$BASE" $${PROPOSED:+--proposed="$$PROPOSED"} $${WHOLE:+--whole="$$WHOLE"}

dist: setup ## the library as one wheel in dist, the same bytes each time
	@strangers="$$(git ls-files --others --exclude-standard -- keyless keyless_checks constructs bootstrap_lambda client)" && \
		{ test -z "$$strangers" || { echo "these files aren't in git, and would be in the wheel:" $$strangers >&2; exit 1; }; }
	@rm -rf dist
	@SOURCE_DATE_EPOCH=$(WHEEL_EPOCH) $(BIN)/python -m hatchling build --target wheel

dist-client: setup ## the client alone as a wheel in dist/client, with extras for drivers and pools
	@strangers="$$(git ls-files --others --exclude-standard -- client/keyless_client)" && \
		{ test -z "$$strangers" || { echo "these files aren't in git, and would be in the wheel:" $$strangers >&2; exit 1; }; }
	@rm -rf dist/client
	@cd client && SOURCE_DATE_EPOCH=$(WHEEL_EPOCH) ../$(BIN)/python -m hatchling build --target wheel --directory ../dist/client

newcomer: dist ## what a user does first: installs the wheel, `keyless init` in an empty folder, and there make test and make rehearse
	@$(BIN)/python -m scripts.newcomer

command-reference: setup ## write docs/command-reference.md from the help of each command
	@PYTHONPATH=.:bootstrap_lambda:client $(BIN)/python -m scripts.command_reference

schema: setup ## write config/access.schema.json, which editors check access.yaml with
	@PYTHONPATH=bootstrap_lambda $(BIN)/python -m db_access.spec.json_schema > config/access.schema.json

clean: ## remove what setup and synth made, also what synth and rehearsals keep in your cache
	rm -rf .venv node_modules cdk.out
	@case "$$XDG_CACHE_HOME" in /*) ;; *) XDG_CACHE_HOME="$$HOME/.cache";; esac && set -x && rm -rf "$$XDG_CACHE_HOME/keyless-aurora"
