PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo study test lint bench calibration models torture docs mutants launchers
help:
	@echo "make demo   set up, extract from two real models, compare them"
	@echo "make study  the small study: four models; goes on where it was stopped"
	@echo "make test   set up, all tests"
	@echo "make docs   the pages that are made from code and results, and the site of all pages"
	@echo "make lint   ruff, mypy, import-linter"
	@echo "make calibration  the simulations of docs/calibration.md; hours; goes on where it was stopped"
	@echo "make models  tiny checkpoints of every architecture: docs/models_table.md; goes on where it was stopped"
	@echo "make torture  kills, flipped bytes, full disks, altered records, …: docs/reliability.md; goes on where it was stopped"
	@echo "make mutants  faults planted one at a time: how many a test notices; goes on where it was stopped"
	@echo "make launchers  the same twelve runs through every launcher: keys and bytes are compared"
	@echo "make bench  speed against loops, TransformerLens, nnsight, the matmul peak, and rsatoolbox; memory with 171 conditions and with 50,000 imported states"

.venv/emogeo: pyproject.toml setup.py constraints.txt
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

.venv/dev: .venv/emogeo
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

# on the CPU, where auto is bf16 or fp32: Gemma overflows in the fp16 that auto means on a GPU;
# then two untrained twins of each model, without which no agreement counts as more than words
demo: .venv/emogeo
	$(BIN)/python train.py -m model=smollm2-135m-instruct,gemma-3-270m reread=false,true runtime.device=cpu
	$(BIN)/python train.py -m model=smollm2-135m-instruct,gemma-3-270m \
	    model.init=random model.init_seed=1,2 runtime.device=cpu
	$(BIN)/python analyze.py output=results/demo
	@echo "Your own texts, with any labels: $(BIN)/python train.py stimuli.path=mine.csv (docs/own-texts.md)"

# four models read passages, diaries, translations and masked passages; one at three precisions; readout; three write, one in
# INT8 as well, and one reads the other's stories; a model that is tuned on the way; steering
DEVICE ?= cpu
STUDY := store.path=study/store runtime.device=$(DEVICE)
SMALL := smollm2-135m-instruct
WRITER := qwen2.5-coder-0.5b-instruct
FOUR := $(SMALL),$(WRITER),gemma-3-270m,qwen2.5-coder-1.5b-instruct
READ := passages,passages_reread,passages_random_1,passages_random_2,diaries,diaries_random_1,diaries_random_2,german,spanish
MEAN := A_mean,A_mean_reread,A_mean_random_1,A_mean_random_2,C_mean,C_mean_replay,C_mean_none,C_mean_neutral
INT8 := A_mean_int8,A_mean_int8_reread,C_mean_replay_int8,D_mean
FIRST_KEY := $(BIN)/python -c "import json, sys; print(json.load(sys.stdin)[0]['key'])"
study: .venv/dev
	$(BIN)/python train.py -m +study=universality model=$(FOUR) $(STUDY)
	$(BIN)/python train.py -m model=$(FOUR) $(STUDY)
	$(BIN)/python train.py -m model=$(FOUR) model.init=random model.init_seed=1,2 $(STUDY)
	$(BIN)/python train.py -m +study=texts model=$(FOUR) 'hydra.sweeper.only=[$(READ)]' $(STUDY)
	$(BIN)/python train.py -m model=$(FOUR) pooling.position=mean stimuli.mask=20 $(STUDY)
	$(BIN)/python train.py -m mode=readout model=$(SMALL),$(WRITER) $(STUDY)
	$(BIN)/python train.py -m +study=decomposition model=$(SMALL) \
	    'hydra.sweeper.only=[$(MEAN),B_mean,C_mean_again,$(INT8),A,B,C,C_again]' $(STUDY)
	test -d study/tuned/step100 || $(BIN)/python examples/tune_on_diaries.py study/tuned
	$(BIN)/python train.py -m +study=finetune \
	    'model.weights=[./study/tuned/base,./study/tuned/step030,./study/tuned/step100]' $(STUDY)
	$(BIN)/python train.py -m mode=steering pooling.position=mean model=$(SMALL),gemma-3-270m $(STUDY)
	$(BIN)/python train.py -m +study=decomposition model=$(WRITER),qwen2.5-coder-1.5b-instruct \
	    'hydra.sweeper.only=[$(MEAN)]' $(STUDY)
	key=$$($(BIN)/python -m emogeo.store ls --store study/store --model $(WRITER) --mode generation --json | $(FIRST_KEY)) && \
	$(BIN)/python train.py -m model=$(SMALL) mode=replay "mode.source='$$key'" \
	    pooling.position=mean layer_selection=depth layer_selection.depth=0.95 $(STUDY)
	$(BIN)/python analyze.py store.path=study/store output=study/results 'runs.model=[$(FOUR)]'
	$(BIN)/python analyze.py store.path=study/store output=study/finetune 'runs.model=[base,step*]'
	$(BIN)/python train.py -m +study=overflow model=gemma-3-270m store.path=study/overflow runtime.device=$(DEVICE)
	$(BIN)/python analyze.py store.path=study/overflow output=study/overflow/results

# in two processes, each with whole files of tests: a test keeps one core busy, or waits
test: .venv/dev
	.ci/browser
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

# what pages quote is taken from results/demo, study/results and diary/results where these are there
docs: .venv/docs
	$(BIN)/python -m docs.write
	$(BIN)/sphinx-build -W --keep-going -q -c docs . site

.venv/docs: .venv/dev
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.venv/rivals: .venv/dev
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[rivals]'
	touch $@

bench: .venv/rivals
	$(BIN)/python -m tests.bench.extraction
	$(BIN)/python -m tests.bench.gpu
	$(BIN)/python -m tests.bench.inference
	$(BIN)/python -m tests.bench.generation
	$(BIN)/python -m tests.bench.many_conditions
	$(BIN)/python -m tests.bench.imports --blocks 4

# rows that were tried are kept in results/models; AGAIN=--again tries them all anew
models: .venv/dev
	$(BIN)/python -m tests.models_table $(AGAIN)

# cases that were tried are kept in results/torture; MOST=20: at most so many of each trial
torture: .venv/dev
	$(BIN)/python -m tests.torture $(if $(MOST),--most $(MOST))

# mutants that were tried are kept in results/mutants; MUTANTS=all tries every one, AGAIN=--again the survivors once more
MUTANTS ?= 500
.venv/mutants: .venv/dev
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutants]'
	touch $@

mutants: .venv/mutants
	$(BIN)/python -m pytest -q tests/mutants
	OMP_NUM_THREADS=1 $(BIN)/python -m tests.mutants --sample $(MUTANTS) $(AGAIN)

# Ray's environment and the distribution's Slurm come into results/launchers; nothing is installed on the machine
launchers: .venv/dev
	$(BIN)/python -m tests.launchers --folder results/launchers

# each design that is finished is kept, and so is the table of each part
DRAWS ?= 2000
PARTS := calibration published_design beyond families both_random equivalence units_needed claims_rule words_apart about lens
CALIBRATIONS := $(patsubst tests/bench/%.py,%,$(wildcard $(PARTS:%=tests/bench/%.py)))
calibration: $(CALIBRATIONS:%=results/calibration/%-$(DRAWS).txt)

results/calibration/%-$(DRAWS).txt: | .venv/dev
	mkdir -p $(@D)
	$(BIN)/python -m tests.bench.$* --draws $(DRAWS) > $@.part
	mv $@.part $@
