# Giảm nghèo: from the files that sectors drop to the indicators of the report. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install run up down test test-all unit kill lint docs lock env clean bench-read bench-pollock bench-check bench-link bench-answer bench-recompute

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## .venv from requirements.lock (versions and hashes only)

# uv does in 20 s what pip does in 100; its own block of the lock is installed first, pip stands in where uv cannot run.
$(STAMP): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@awk '/^uv==/{on=1} on{print} on&&!/\\$$/{exit}' requirements.lock > $(VENV)/uv.lock
	@echo "installing the locked packages into $(VENV) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r $(VENV)/uv.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes --no-deps --compile-bytecode -r requirements.lock \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $(STAMP)

lock:  ## resolve requirements.in into requirements.lock anew
	$(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --upgrade requirements.in -o requirements.lock

run: install  ## the whole journey once, for real: a sample quarter through Airflow to the published report
	@$(BIN)/python -m local.run

up: install  ## Airflow at http://127.0.0.1:8080 with everything live, until Ctrl-C
	@$(BIN)/python -m local.up

down: install  ## stop what an interrupted `make up` or `make run` left behind
	@$(BIN)/python -m local.down

test: install  ## lint, types, import rules and tests, on the same embedded parts; of large sets of cases the day's part
	@$(BIN)/python -m local.test

test-all: install  ## the same with the whole kill matrix, both corpora whole, all round trips, and the coverage
	@$(BIN)/python -m local.test --whole

unit: install  ## the quick tests alone, without servers, sample provinces and large files: less than a minute
	@$(BIN)/python -m local.test --unit

kill: install  ## the kill matrix alone, twice in a row: every fault point struck in every way
	@for turn in 1 2; do $(BIN)/pytest -n 2 --dist loadfile tests/kills || exit 1; done

lint: install  ## ruff, mypy --strict, import-linter, SQL lint
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy etl samples local
	@$(BIN)/lint-imports
	@$(BIN)/sqlfluff lint -q warehouse_sql

bench-read: install  ## reading by format and size against pandas + openpyxl; BENCH=--full adds 700,000 rows
	@$(BIN)/python -m local.bench_read $(BENCH)

bench-pollock: install  ## reading of public csv files broken in known ways: FOLDER=a copy of Pollock's repository
	@$(BIN)/python -m local.bench_pollock $(FOLDER)

bench-check: install  ## 700,000 health cards through their full suite against one plain SQL pass; at most 3 times
	@$(BIN)/python -m local.bench_check $(BENCH)

bench-link: install  ## the whole sample province linked: time, memory, links against the truth, growth
	@$(BIN)/python -m local.bench_link $(BENCH)

bench-answer: install  ## the answer to 4,000 and to 8,000 faulty cells: seconds, and that they grow alike
	@$(BIN)/python -m local.bench_answer $(BENCH)

bench-recompute: install  ## a commune corrects its lists in the whole province: linked and measured anew within 10 s
	@$(BIN)/python -m local.bench_recompute $(BENCH)

docs: install  ## the reference pages below docs/ from the definitions
	@$(BIN)/python -m local.docs

env: install  ## generate .env (secrets) for docker compose
	@$(BIN)/python -m local.env

clean:  ## remove .venv (the data folder stays)
	rm -rf $(VENV)
