# `make` alone prints this list. Everything lives in .venv and in DATA_DIR (./data); nothing else is touched.
.DEFAULT_GOAL := help
VENV_PYTHON := .venv/bin/python
# Some environments forbid compiled files; without them every process compiles the whole product at its start.
unexport PYTHONDONTWRITEBYTECODE

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/runs  ## run everything with a simulated storage host; prints where to sign in
	@exec $(VENV_PYTHON) manage.py up --demo

run: .venv/runs  ## run everything for real: server, scheduler and workers on this machine
	@exec $(VENV_PYTHON) manage.py up

test: .venv/develops  ## run the test suite (ARGS="-k word" picks); installs the Debian packages that tests use
	@scripts/test-packages
	@exec $(VENV_PYTHON) -m $(if $(ARGS),pytest -m "not soak" $(ARGS),tests)

matrix: .venv/develops  ## burn in every drive and host of the fault matrix, also those that take minutes to go wrong (root)
	@scripts/test-packages
	@exec $(VENV_PYTHON) -m pytest tests/acceptance/test_fault_matrix.py $(ARGS)

accidents: .venv/develops  ## lock, fill, kill and restart what the product stands on, for as long as it lasts (root)
	@scripts/chaos-packages pg
	@exec $(VENV_PYTHON) -m pytest tests/acceptance/test_accidents.py tests/acceptance/test_long_accidents.py $(ARGS)

hostile: .venv/develops  ## let hosts flood, drip and lie for ten minutes beside a good one, and measure memory
	@exec $(VENV_PYTHON) -m pytest -s tests/acceptance/test_hostile_hosts.py $(ARGS)

fuzz: .venv/develops  ## send 10,000 generated requests to every route as everybody; prints what they got (REQUESTS=, SEED=)
	@REQUESTS=$(or $(REQUESTS),10000) SEED=$(or $(SEED),$$(date +%s)) exec $(VENV_PYTHON) -m pytest tests/fuzz $(ARGS)

lint: .venv/develops  ## check style, layers, migrations and settings
	@scripts/lint

types: .venv/develops  ## check types with mypy --strict
	@exec .venv/bin/mypy .

fmt: .venv/develops  ## format the code and mend what can be mended by itself
	@.venv/bin/ruff check --fix-only --quiet .
	@exec .venv/bin/ruff format .

lock: .venv/develops  ## compile requirements*.in into requirements*.txt, with hashes
	@exec scripts/lock

bench: .venv/develops  ## measure overhead and latency on the lab's devices (root; prints a table and JSON)
	@scripts/test-packages
	@exec $(VENV_PYTHON) -m tests.bench $(ARGS)

chaos: .venv/develops  ## kill, cut and confuse everything while six drives burn in (root; MINUTES=20, PG=1, SEED=n)
	@scripts/chaos-packages
	@exec $(VENV_PYTHON) -m tests.chaos $(if $(MINUTES),--minutes $(MINUTES)) $(if $(PG),--pg) $(if $(SEED),--seed $(SEED))

image:  ## build the container image burnin-bench:VERSION
	@exec scripts/image

.venv/runs: requirements.txt scripts/setup
	@scripts/setup requirements.txt $@

.venv/develops: requirements-dev.txt scripts/setup
	@scripts/setup requirements-dev.txt $@

.PHONY: help demo run test matrix accidents hostile fuzz lint types fmt lock bench chaos image
