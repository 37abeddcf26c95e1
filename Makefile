# Two doors: `make demo` runs the main job on the bundled example, `make test` runs the tests.
# Each sets up what it needs in an environment of its own inside this checkout.

PYTHON ?= python3
DEMO_VENV := .venv-demo
TEST_VENV := .venv-test
DEMO_OUT := demo-out
STAMP_SOURCES := pyproject.toml src/decompose/__init__.py

.PHONY: help demo test check docs lint types contracts audit lowest regression clean

help:
	@echo "make demo    set up, then decompose the bundled example and prove the services equal"
	@echo "make test    set up, then run the tests"
	@echo "make check   everything that CI checks"
	@echo "make audit   SBOM of the wheel in dist/, and known weaknesses of what it brings (report)"
	@echo "make lowest  unit tests with every dependency at its lowest version"
	@echo "make regression  graphs and plans of pinned public packages, compared with the last ones"
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

# What stands in the environment of somebody who installs the wheel: its SBOM (CycloneDX), and what is known to be weak in it.
# A report: what cannot be asked (no network) or is found does not fail it.
audit:
	rm -rf .venv-audit dist
	$(PYTHON) -m venv .venv-audit/tools && $(PYTHON) -m venv .venv-audit/user
	.venv-audit/tools/bin/python -m pip install --quiet --disable-pip-version-check build cyclonedx-bom pip-audit
	.venv-audit/tools/bin/python -m build --quiet --wheel --outdir dist .
	.venv-audit/user/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	.venv-audit/tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o dist/decompose-ml.cdx.json .venv-audit/user
	-timeout 120 .venv-audit/tools/bin/pip-audit --path $$(.venv-audit/user/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))") --progress-spinner off

lowest:
	$(PYTHON) -m venv .venv-lowest/tools
	.venv-lowest/tools/bin/python -m pip install --quiet --disable-pip-version-check packaging
	.venv-lowest/tools/bin/python benchmarks/trust/lowest.py .venv-lowest/env

regression: $(TEST_VENV)/.ready
	$(TEST_VENV)/bin/python benchmarks/trust/regression.py

clean:
	rm -rf $(DEMO_VENV) $(TEST_VENV) $(DEMO_OUT) .venv-docs .venv-audit .venv-lowest dist site
