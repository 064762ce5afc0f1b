# Set-up runs by itself, and only when the lock or the project file has changed.

UV_VERSION := 0.13.8
BIN := .venv/bin
UV := $(BIN)/uv
READY := .venv/.ready
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group dev pyproject.toml

.PHONY: run test check bench soak coverage mutation pictures lock sbom audit

run: $(READY)
	$(BIN)/pumplog serve --demo

# Each server and each command of a test is a process of its own: what Python has compiled once is kept for the
# next, also where the machine says otherwise. Half of a server's start is compiling.
test soak coverage mutation pictures: export PYTHONDONTWRITEBYTECODE :=

test: $(READY)
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@echo "requirements.lock is current:"
	@cp requirements.lock .venv/requirements.lock.now
	@$(COMPILE) -o .venv/requirements.lock.now
	@diff -u requirements.lock .venv/requirements.lock.now || { echo "run 'make lock'"; exit 1; }
	@echo "no package index address is committed:"
	@! grep -nE 'index-url|find-links|https?://' requirements.lock
	@! git grep -nIE '(extra-)?index-url|find-links' -- . ':!Makefile' ':!tests/test_house.py'

bench: $(READY)
	$(BIN)/python -m tests.bench

soak: $(READY)
	$(BIN)/pytest -m soak

coverage: $(READY)
	$(BIN)/pytest --cov --cov-report=term-missing

mutation: $(READY)
	$(BIN)/python -m tests.mutation $(MODULES)

pictures: $(READY)
	PUMPLOG_PICTURES=1 PUMPLOG_REQUIRE_BROWSER=1 $(BIN)/pytest -m browser tests/browser/test_pictures.py \
		tests/browser/test_pictures_of_a_visit.py tests/browser/test_people.py

lock: $(READY)
	$(COMPILE) -o requirements.lock

sbom: $(READY)
	$(BIN)/python -m tests.sbom build/sbom.json

audit: $(READY)
	$(BIN)/python -m tests.audit $(ADVISORIES)

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || python3 -m venv .venv
	test -x $(UV) || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@
