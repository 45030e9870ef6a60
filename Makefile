# Two commands from nothing: `make demo` and `make test`. Both make the virtual environment first, from the lock files.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The peers of `make bench-reading` stand apart: what they need never touches the program's own environment.
BENCH := .venv-bench
# So does what replays exported WARC files: it would bring another `brotli` along.
REPLAY := .venv-replay
# COVERAGE=1 measures while it tests (subprocesses too).
RUN = $(BIN)/$(if $(COVERAGE),coverage run,python)

.PHONY: help demo test lint types figures figures-ci bench bench-reading pictures mutants wheel clean

help:
	@echo "make demo     watch the main job on a small site on this machine"
	@echo "make test     the whole test suite"
	@echo "make lint     ruff, format, scrapy settings"
	@echo "make types    mypy --strict"
	@echo "make figures  every figure that the README and the docs give, measured anew (some hours; FIGURES_ARGS='--only kills' for one)"
	@echo "make bench    the crawl against a bare Scrapy spider"
	@echo "make bench-reading  the reader against other programs, as docs/figures/reading.json and docs/reading.png"
	@echo "make pictures  the report and the static site in Chromium, checked by axe-core, as docs/img/*.png"
	@echo "make mutants  how many planted faults the tests find"
	@echo "make wheel    build the wheel into dist/"

$(VENV)/run.stamp: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

demo: $(VENV)/run.stamp
	$(BIN)/csto-watch demo

# Half as many workers again as there are cores: a third of the time a test of the store waits for the disk.
WORKERS ?= $(shell echo $$(( ($$(getconf _NPROCESSORS_ONLN) * 3 + 1) / 2 )))

test: $(VENV)/dev.stamp
	$(RUN) -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.stamp
	$(BIN)/mypy

figures: $(VENV)/dev.stamp $(REPLAY)/replay.stamp
	$(BIN)/python -m benchmarks.figures --whole $(FIGURES_ARGS)

figures-ci: $(VENV)/dev.stamp $(REPLAY)/replay.stamp
	$(BIN)/python -m benchmarks.figures --part
	$(BIN)/python -m benchmarks.bench_reading --ours-only --floor benchmarks/reading_floor.json

bench: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.crawl

# Its lock is complete, and some releases of pip stumble over the two spellings of lxml's extra: nothing is left to resolve.
$(BENCH)/bench.stamp: requirements.lock requirements-bench.lock
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	touch $@

$(REPLAY)/replay.stamp: requirements-replay.lock
	$(PYTHON) -m venv $(REPLAY)
	$(REPLAY)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-replay.lock
	touch $@

bench-reading: $(BENCH)/bench.stamp
	$(BENCH)/bin/python -m benchmarks.bench_reading $(BENCH_ARGS)

pictures: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.report_pictures

mutants: $(VENV)/dev.stamp
	$(BIN)/python -m benchmarks.mutants

wheel: $(VENV)/dev.stamp
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w dist .

clean:
	rm -rf build dist *.egg-info mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis
