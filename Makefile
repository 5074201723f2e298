# `make help` lists the verbs. Every key=value on make's line reaches the harness: make experiment task=qa limit=20

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
READY  := $(VENV)/.ready
PACKAGES := $(wildcard benchmarks docs harness pipelines pocket tests validation)

TORCH     := $(shell sed -n 's/^torch==//p' constraints.txt)
TORCH_CPU ?= https://download.pytorch.org/whl/cpu

# Every KEY=VALUE of make's line, quoted for the shell letter for letter. Names that start with a capital letter are
# make's own (ARGS, PYTHON, EACH); all others are the harness's. MAKEOVERRIDES would do but for values with spaces.
CAPITALS  := A% B% C% D% E% F% G% H% I% J% K% L% M% N% O% P% Q% R% S% T% U% V% W% X% Y% Z%
GIVEN      = $(sort $(foreach EACH,$(filter-out $(CAPITALS),$(.VARIABLES)),$(if $(filter command,$(origin $(EACH))),$(EACH))))
QUOTE     := '
OVERRIDES  = $(foreach EACH,$(GIVEN),'$(EACH)=$(subst $(QUOTE),'\'',$(value $(EACH)))')

.DEFAULT_GOAL := help
.PHONY: help setup experiment sweep status study studies inventory decide recommend tables report claims export export-base serve reference screenshots readme init test test-slow test-all test-mutations doctor check format bench bench-gpu validate-metrics pocket pocket-check pocket-data clean

# `make experiment qa` asks for a goal called qa.
.DEFAULT:
	@echo "make $@: there is no such verb; make help lists them. A task is chosen by task=$@" >&2; exit 2

help: ## list the verbs
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "  make %-14s %s\n", $$1, $$2}'
	@echo "  Keys and choices: .venv/bin/python -m harness --help"

setup: $(READY) ## create .venv with the exact versions of constraints.txt

# Without an NVIDIA driver the CPU build of torch is taken where one is offered: it saves gigabytes.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=…")'
	$(PYTHON) -m venv $(VENV)
	@if command -v nvidia-smi >/dev/null 2>&1; then \
	  $(PY) -m pip install --quiet "torch==$(TORCH)"; \
	else \
	  $(PY) -m pip install --quiet "torch==$(TORCH)+cpu" 2>/dev/null \
	  || $(PY) -m pip install --quiet --extra-index-url "$(TORCH_CPU)" "torch==$(TORCH)+cpu" 2>/dev/null \
	  || $(PY) -m pip install --quiet "torch==$(TORCH)"; \
	fi
	$(PY) -m pip install --quiet -c constraints.txt -e ".[dev,documents,excel,mlflow,serve]"
	@touch $@

init: $(READY) ## look at your data, say what it is, and write conf/task/NAME.yaml from it: make init dir=DATA
	@$(PY) -m harness.cli.init $(OVERRIDES) $(ARGS)

experiment: $(READY) ## run one comparison: make experiment task=summarization [arm=[base,rag] limit=20 …]; alone: which there are
	@$(PY) -m harness $(OVERRIDES) $(ARGS)

sweep: $(READY) ## run many: make sweep task=summarization,qa seed=0,1,2 [launcher=local|slurm|ray]
	@$(PY) -m harness -m $(OVERRIDES) $(ARGS)

status: $(READY) ## how the jobs of a sweep go: make status [sweep=NAME]; the newest without a name
	@$(PY) -m harness.cli.status $(OVERRIDES) $(ARGS)

study: $(READY) ## many experiments that differ in one thing: make study study=labels task=qa [study.budget=quick dry_run=true]
	@$(PY) -m harness $(OVERRIDES) $(ARGS)

studies: $(READY) ## every study that makes sense for a task: make studies task=qa
	@$(PY) -m harness -m 'study=glob(*,exclude=none)' $(OVERRIDES) $(ARGS)

inventory: $(READY) ## what each arm of an experiment needs to run and to keep: make inventory task=qa
	@$(PY) -m harness.cli.inventory $(OVERRIDES) $(ARGS)

decide: $(READY) ## which arm to use, how surely, what would change it: make decide task=support [decision=own gate=ARM]
	@$(PY) -m harness.cli.decide $(OVERRIDES) $(ARGS)

recommend: $(READY) ## from a folder to a decision: make recommend dir=DATA [budget=30m decision=own]; runs only what could change it
	@$(PY) -m harness.cli.recommend $(OVERRIDES) $(ARGS)

tables: $(READY) ## all tables again, from records alone (results=results/reference: the committed ones)
	@$(PY) -m harness.cli.tables $(OVERRIDES) $(ARGS)

report: $(READY) ## every report.html, and results/index.html over all experiments and sweeps
	@$(PY) -m harness.cli.index $(OVERRIDES) $(ARGS)

export: $(READY) ## scores.parquet and predictions.parquet of every experiment (docs/API.md)
	@$(PY) -m harness.cli.export $(OVERRIDES) $(ARGS)

export-base: $(READY) ## the 4-bit base as an ordinary 16-bit checkpoint: make export-base model=NAME [out=DIR] (docs/SERVERS.md)
	@$(PY) -m harness.cli.export_base $(OVERRIDES) $(ARGS)

serve: $(READY) ## vLLM's command for a base and all its adapters by arm: make serve task=NAME model=NAME [run=true]
	@$(PY) -m harness.cli.serve $(OVERRIDES) $(ARGS)

claims: $(READY) ## what the documents claim against what was measured: make claims [results=results/reference]
	@$(PY) -m harness.cli.claims $(OVERRIDES) $(ARGS)

reference: $(READY) ## renew the committed results of an experiment or a study: make reference task=qa [study=labels]
	@$(PY) -m harness.cli.reference $(OVERRIDES) $(ARGS)

screenshots: $(READY) ## pictures of the committed reports into docs/images, by the system's Chromium
	@$(PY) -m harness.cli.index results=results/reference
	@$(PY) -m docs.screenshots $(ARGS)

readme: $(READY) ## put the measured tables into README.md and the schemas into docs/API.md
	@$(PY) -m cogapp -r README.md docs/API.md

test: $(READY) ## the tests, a real QLoRA and FAISS run among them
	@OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-slow: $(READY) ## of the slow tests those that CI runs: kill -9 and the browser
	@OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile -m ci_slow $(ARGS)

test-all: $(READY) ## the slow ones, too
	@OMP_NUM_THREADS=1 $(PY) -m pytest -m "not gpu and not network" $(ARGS)

test-mutations: $(READY) ## break copies of this checkout on purpose and note what notices it (an hour): ARGS="--help"
	@OMP_NUM_THREADS=1 $(PY) -m tests.mutations $(ARGS)

doctor: $(READY) ## every audit and known answer by itself, on a small run of its own: make doctor [task=qa model=pocket]
	@$(PY) -m harness.cli.doctor $(OVERRIDES) $(ARGS)

check: $(READY) ## ruff, mypy, and every yaml builds
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	@OMP_NUM_THREADS=1 $(PY) -m pytest tests/harness/cli/test_yaml.py

format: $(READY) ## let ruff tidy the code
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(READY) ## speed, as ratios of two things in one run
	@$(PY) -m benchmarks $(ARGS)

bench-gpu: $(READY) ## speed and memory of this GPU at 1.5 billion parameters, with its limits and published figures
	@$(PY) -m benchmarks.bench_gpu $(ARGS)

validate-metrics: $(READY) ## judges against human labels: make validate-metrics ARGS="--data DIR"
	@$(PY) -m validation.judges $(ARGS)

SIZE ?= pocket

pocket: $(READY) ## pre-train an embedded model, or go on from its last checkpoint; examine it, write its card: SIZE=pocket_small
	@$(PY) -m pocket.pretrain --size $(SIZE) $(ARGS)
	@$(PY) -m pocket.check --model models/$(SIZE) --write; reached=$$?; $(PY) -m pocket.card --name $(SIZE) && exit $$reached

pocket-check: $(READY) ## examine an embedded model on worlds that it has never seen: SIZE=pocket_small
	@$(PY) -m pocket.check --model models/$(SIZE) $(ARGS)

pocket-data: $(READY) ## write the shipped tasks again: the same seed gives the same bytes
	@$(PY) -m pocket.tasks $(ARGS)

# Only what the verbs above make: a task or a file of the user's may have any name that is not hidden.
clean: ## remove caches and what sweeps noted of their jobs; results and the store stay
	rm -rf results/.sweeps .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find $(PACKAGES) -name __pycache__ -prune -exec rm -rf {} +
