# Two doors: `make demo` runs the main job on the bundled example, `make test` runs the tests.
# Each sets up what it needs in an environment of its own inside this checkout.

PYTHON ?= python3
DEMO_VENV := .venv-demo
TEST_VENV := .venv-test
DEMO_OUT := demo-out
STAMP_SOURCES := pyproject.toml src/decompose/__init__.py

.PHONY: help demo test check docs lint types contracts clean

help:
	@echo "make demo    set up, then decompose the bundled example and prove the services equal"
	@echo "make test    set up, then run the tests"
	@echo "make check   everything that CI checks"
	@echo "make docs    the documentation as a site, in site/"
	@echo "make clean   remove the environments and the demo's output"

$(DEMO_VENV)/.ready: $(STAMP_SOURCES) examples/churn/requirements.txt
	@echo "==> setting up $(DEMO_VENV)"
	$(PYTHON) -m venv $(DEMO_VENV)
	$(DEMO_VENV)/bin/python -m pip install --disable-pip-version-check --progress-bar off -e '.[all]' -r examples/churn/requirements.txt
	@touch $@

$(TEST_VENV)/.ready: $(STAMP_SOURCES) examples/churn/requirements.txt
	@echo "==> setting up $(TEST_VENV)"
	$(PYTHON) -m venv $(TEST_VENV)
	$(TEST_VENV)/bin/python -m pip install --disable-pip-version-check --progress-bar off -e '.[dev]' -r examples/churn/requirements.txt
	@touch $@

demo: $(DEMO_VENV)/.ready
	$(DEMO_VENV)/bin/python examples/demo.py --output $(DEMO_OUT)

test: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/python -m pytest -n 2 --dist loadgroup

lint: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/ruff check .
	$(TEST_VENV)/bin/ruff format --check .

types: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/mypy

contracts: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/lint-imports

check: lint types contracts test docs

docs:
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --disable-pip-version-check --progress-bar off zensical==0.0.73
	.venv-docs/bin/zensical build --strict

clean:
	rm -rf $(DEMO_VENV) $(TEST_VENV) $(DEMO_OUT) .venv-docs site
