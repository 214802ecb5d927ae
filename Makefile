# Leadflow's commands. All that they need besides Python and make is installed on first use.

PYTHON ?= python3.11
# What `make build` builds for. `make start` builds for this machine by itself.
ARCHITECTURE ?= arm64
PYTHON_VERSION ?= 3.13
# Processes of the fast tiers. The end-to-end tier has one stack and runs in one process.
WORKERS ?= 2

VENV := .venv/bin
ADAPTER_TIERS := integration workflow infrastructure
define NEWLINE


endef
SOURCES := layers functions tools tests

export PYTHONPATH := layers/leadflow:.
export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help setup dev scan policy audit format format-check lint typecheck test test-unit test-adapters test-rules test-fast test-e2e \
	coverage build start stop reset tenant demo verify grants contract guards faults explore disturb openapi bench growth scale pr pins clean

help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  %-14s %s\n", $$1, $$2}'

define require_python
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "Leadflow needs Python 3.11 or newer, and there is no '$(PYTHON)' here." >&2; \
		echo "Install it, or name the one you have: make $@ PYTHON=python3.12" >&2; exit 1; }
endef

setup: ## Install everything into virtual environments of this directory
	$(require_python)
	@$(PYTHON) tools/setup.py

dev:
	$(require_python)
	@$(PYTHON) tools/setup.py --only dev

format: dev ## Rewrite the sources in the house format
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix-only --quiet .

format-check: dev
	@$(VENV)/ruff format --check .

lint: dev ## Check the rules of style and of layering, and the template
	@$(VENV)/ruff check .
	@$(VENV)/cfn-lint template.yaml

scan:
	$(require_python)
	@$(PYTHON) tools/setup.py --only scan

policy: scan ## Check the template against checkov's rules, less those that .checkov.yaml excuses
	@.venvs/scan/bin/checkov --config-file .checkov.yaml

audit: scan ## Ask PyPI and npm for known vulnerabilities of all that is pinned (needs the network)
	@PATH="$(CURDIR)/.venvs/node/bin:$$PATH" .venvs/scan/bin/python tools/audit.py

typecheck: dev ## Check the types, strictly
	@$(VENV)/mypy $(SOURCES)

test-unit: dev ## Run the unit tests
	@$(VENV)/pytest tests/unit -q

# One run for each tier, so that a tier without tests fails. Coverage is of all of them together.
define run_tier
	@echo "== $(1)"
	@HYPOTHESIS_PROFILE=thorough nice -n $(2) $(VENV)/pytest tests/$(1) -q -n $(WORKERS) \
		--cov --cov-append --cov-report=
endef

test-adapters: dev
	@$(VENV)/coverage erase
	@rm -f .local/grants.jsonl
	$(foreach tier,$(ADAPTER_TIERS),$(call run_tier,$(tier),0)$(NEWLINE))

# The tier that only computes: it takes what others leave of the processors.
test-rules: dev
	$(call run_tier,unit,10)

test-fast: test-adapters test-rules

faults: dev ## Hit every call to AWS of every path by every kind of fault (half an hour)
	@LEADFLOW_ALL_FAULTS=1 $(VENV)/pytest tests/integration/faults -q -n $(WORKERS)

explore: dev ## Walk and fuzz with new seeds; --hypothesis-seed repeats one (an hour)
	@HYPOTHESIS_PROFILE=explore $(VENV)/pytest tests/unit -q -n $(WORKERS) -k "walk or fuzz or properties"

disturb: setup ## Break calls, processes and the emulator of a running stack under traffic, and judge it
	@$(VENV)/pytest tests/e2e/test_faults.py -q -s

test-e2e: setup ## Run the end-to-end tests against a stack of their own
	@echo "== e2e"
	@$(VENV)/pytest tests/e2e -q

# What measures time runs alone or with a right of way; the output comes tier by tier.
test: setup test-adapters ## Run all tiers of tests
	@$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) \
		test-rules test-e2e

coverage: test
	@$(VENV)/coverage report --fail-under=90
	@$(VENV)/coverage report --include='*/domain/*,*/application/*' --fail-under=100

build: setup ## Build for AWS into .aws-sam/build (ARCHITECTURE=arm64 PYTHON_VERSION=3.13)
	@LEADFLOW_ARCHITECTURE=$(ARCHITECTURE) LEADFLOW_PYTHON_VERSION=$(PYTHON_VERSION) \
		LEADFLOW_BUILD_PYTHON=$(CURDIR)/.venvs/stack/bin/python PATH="$(CURDIR)/.venvs/stack/bin:$$PATH" \
		PYTHONPATH= .venvs/sam/bin/sam build --parallel --cached \
		--cache-dir .aws-sam/cache-$(ARCHITECTURE)-$(PYTHON_VERSION) --parameter-overrides \
		ParameterKey=Architecture,ParameterValue=$(ARCHITECTURE) \
		ParameterKey=PythonRuntime,ParameterValue=python$(PYTHON_VERSION)

start: setup ## Run the whole product on this machine (PORT=n for a fixed port)
	@$(VENV)/python -m tools.stack start $(if $(PORT),--port $(PORT))

stop: setup ## Stop it and keep its state
	@$(VENV)/python -m tools.stack stop

reset: setup ## Stop it and delete its state
	@$(VENV)/python -m tools.stack reset

tenant: setup ## Create a tenant on the running stack (NAME=x), printed as one line of JSON
	@$(if $(NAME),,echo "Say which: make tenant NAME=x" >&2; exit 1;) $(VENV)/python -m tools.stack tenant "$(NAME)"

demo: setup ## Sell varied leads by every method on this machine, explain each, check the books
	@$(VENV)/python -m tools.demo

verify: setup ## Judge the stack: is every promise of the contract kept? (STACK=name: on AWS; API=url TOKEN_FILE=file)
	@$(VENV)/python -m tools.verify $(if $(STACK),--stack $(STACK)) $(if $(API),--api $(API) --token-file $(TOKEN_FILE))

guards: dev ## Take the contract's guards away, one by one: does a test notice? (NAME=part of a name)
	@$(VENV)/python -m tests.guards $(if $(NAME),"$(NAME)")

grants: dev ## Say which grants of the template no test needed (after `make test`)
	@$(VENV)/python -m tools.grants

contract: dev ## Put the figures of the last tests into docs/contract.md
	@$(VENV)/python -m tools.contract_figures

openapi: dev ## Write the API's document from the code's models
	@$(VENV)/python -m tools.openapi

bench: setup ## Measure speed and cost
	@$(VENV)/python -m tests.bench

growth: dev ## Sell leads with ever more on file, up to a million, and draw it (a quarter of an hour, 14 GB)
	@$(VENV)/python -m tests.bench.growth

scale: dev ## Work out what a stack takes on paper (COUNT=1: count a lead's writes anew first)
	@$(if $(COUNT),$(VENV)/python -m tests.bench.hot_places)
	@$(VENV)/python -m tools.scale

pr: format-check lint policy typecheck coverage ## Everything that a change must pass

pins: setup ## Pin all requirements anew
	@$(VENV)/python tools/pin.py .venvs/uv/bin/uv

clean: ## Delete what was built and measured; environments and the stack's state stay
	@rm -rf .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
	@find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
