# Two commands: `make demo` runs the real contracts, `make test` proves everything. Both set themselves up.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEAL := contracts/openai-microsoft

.PHONY: demo test lint types layers tests grammar bench fuzz clean

demo: $(VENV)/.demo
	$(BIN)/dealrun check $(DEAL)
	$(BIN)/dealrun test $(DEAL)
	$(BIN)/dealrun state $(DEAL) --on 2027-01-01
	$(BIN)/dealrun why ip $(DEAL) --on 2028-05-01 --known 2026-01-15 --assume AGI=2028-05-01
	$(BIN)/dealrun compare $(DEAL) --readings
	$(BIN)/dealrun test contracts/cargill-bioamber
	$(BIN)/dealrun settle $(DEAL) --forecast $(DEAL)/forecast.csv --set TOTAL='38bn USD' --against annual_cap
	$(BIN)/dealrun test contracts/three-way-split
	$(BIN)/dealrun settle contracts/book-royalty
	$(BIN)/dealrun changes contracts/cargill-bioamber --instrument first

test: lint types layers tests

lint: $(VENV)/.dev
	$(BIN)/ruff check dsl tests bench
	$(BIN)/ruff format --check dsl tests bench
	$(BIN)/dealrun fmt --check $(wildcard contracts/*/) contracts/tutorial/supply contracts/tutorial/services contracts/tutorial/portfolio

types: $(VENV)/.dev
	$(BIN)/mypy

layers: $(VENV)/.dev
	$(BIN)/lint-imports

tests: $(VENV)/.dev
	$(BIN)/pytest --cov --cov-report=term-missing

grammar: $(VENV)/.dev
	$(BIN)/python -m dealrun.syntax.table

# Many generated cases: `make fuzz SECONDS=3600 SEED=7 WORKERS=2`; what fails is written to fuzz-failures.
SECONDS ?= 300
SEED ?= 1
WORKERS ?= 1
fuzz: $(VENV)/.dev
	$(BIN)/python tests/fuzz/run.py --seconds $(SECONDS) --seed $(SEED) --workers $(WORKERS) --failures fuzz-failures

bench: $(VENV)/.dev
	$(BIN)/python bench/run.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[settle,calendars]'
	touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) dist build .coverage .mypy_cache .ruff_cache .import_linter_cache .hypothesis bench/out
