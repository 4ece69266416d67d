PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test lint bench
help:
	@echo "make demo   set up, extract from two real models, compare them"
	@echo "make test   set up, all tests"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make bench  speed against a plain loop and the machine's matmul peak"

.venv/emogeo: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/dev: .venv/emogeo
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# fp32 runs everywhere, and Gemma overflows in the fp16 that auto means on a GPU
demo: .venv/emogeo
	$(BIN)/python train.py -m model=smollm2-135m-instruct,gemma-3-270m precision=fp32
	$(BIN)/python analyze.py output=results/demo

test: .venv/dev
	$(BIN)/python -m pytest

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev
	$(BIN)/python -m tests.bench.extraction
