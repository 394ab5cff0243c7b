# Two commands: `make demo` runs the real contracts, `make test` proves everything. Both set themselves up.
# While working: `make quick`, a part of the tests in less than a minute. Beyond CI: `make explore` and `make fuzz`.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
DEAL := contracts/openai-microsoft
WORKERS ?= 2

.PHONY: demo test lint types layers tests quick explore grammar bench fuzz clean

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

# Each file of tests runs in one process, so that what its cases share stays together.
tests: $(VENV)/.dev
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --durations 25 --cov --cov-report=term-missing

# What takes longer than the rest together: long properties, whole processes, packaging.
LONG := naive laws machine settle settle_cases ledger export packaging fuzz security api algebra cli limits conflicts \
  vocabulary records
quick: $(VENV)/.dev
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --quiet $(foreach name,$(LONG),--ignore tests/test_$(name).py)

# Cases that nobody has seen yet: as in CI, but hypothesis draws new ones in each of ROUNDS; and claims about every course.
ROUNDS ?= 10
explore: $(VENV)/.dev
	for round in $$(seq $(ROUNDS)); do \
	  HYPOTHESIS_PROFILE=explore $(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --quiet tests/test_naive.py \
	    tests/test_laws.py tests/test_machine.py tests/test_settle.py tests/test_format.py tests/test_amounts.py \
	    tests/test_ledger.py tests/test_conflicts.py || exit 1; \
	  CLAIMS=2000 SEED=$$round $(BIN)/pytest --quiet -s tests/test_proof.py -k verdicts_agree || exit 1; \
	done

grammar: $(VENV)/.dev
	$(BIN)/python -m dealrun.syntax.table

# Many generated cases: `make fuzz SECONDS=3600 SEED=7 WORKERS=2`; what fails is written to fuzz-failures.
SECONDS ?= 120
SEED ?= 1
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
	rm -rf $(VENV) fuzz-failures dist build .coverage .mypy_cache .ruff_cache .import_linter_cache .hypothesis bench/out
