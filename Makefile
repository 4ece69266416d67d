PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test lint bench
help:
	@echo "make demo   set up, extract from two real models, compare them"
	@echo "make test   set up, all tests"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make bench  speed against a plain loop, the matmul peak, and rsatoolbox"

.venv/emogeo: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/dev: .venv/emogeo
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# on the CPU, where auto is bf16 or fp32: Gemma overflows in the fp16 that auto means on a GPU
demo: .venv/emogeo
	$(BIN)/python train.py -m model=smollm2-135m-instruct,gemma-3-270m reread=false,true runtime.device=cpu
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
	$(BIN)/python -m tests.bench.inference
	$(BIN)/python -m tests.bench.generation
