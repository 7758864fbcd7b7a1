# Everything here works from a fresh clone on a machine with python3, its venv module and make.
#
#   make demo      all three jobs end to end, to report/ (DATA=folder: on your recordings,
#                  to report_data/)
#   make test      the tests that take seconds each
#   make check     all the rest: lint, docs, the slow tests, the declared floor versions
#   make docs      the documentation, into docs/_build/html
#   make lint      formatting, types, spelling, imports, docstrings
#   make lock      choose the exact versions anew (UPGRADE=--upgrade: the newest)
#   make clean     remove what the above made

PYTHON ?= python3
# The floors are the oldest packages, tested on the oldest Python that is there and works: they
# have nothing built for Python 3.13.
FLOOR_PYTHON ?= $(shell for python in python3.11 python3.12; do \
	$$python -c pass 2>/dev/null && echo $$python && exit; done; echo $(PYTHON))
VENV ?= .venv
FLOOR_VENV ?= .venv-floors
# Processes that share the tests: each one costs an import of TensorFlow, so few.
WORKERS ?= 2
SLOW_WORKERS ?= 2
PYTEST_ARGS ?=
DATA ?=
UPGRADE ?=

PY := $(VENV)/bin/python
FLOOR_PY := $(FLOOR_VENV)/bin/python
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps
PYTEST := -m pytest $(PYTEST_ARGS) -n
LOCK := -m uv pip compile setup.cfg --extra dev --python-version 3.11 --quiet \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)

.PHONY: demo test check lint docs slow floor lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/installed
	$(PY) -m skaffect demo $(if $(DATA),--data "$(DATA)")

test: $(VENV)/installed
	$(PY) $(PYTEST) $(WORKERS) -m "not slow"

check: lint docs slow floor

lint: $(VENV)/installed
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/codespell
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/numpydoc lint $$(find skaffect -name "*.py")

slow: $(VENV)/installed
	$(PY) $(PYTEST) $(SLOW_WORKERS) -m slow

# Every page, example and link, all of them anew; whatever Sphinx warns of is an error.
docs: $(VENV)/installed
	$(PY) -m sphinx -E -W --keep-going --quiet -D sphinx_gallery_conf.run_stale_examples=1 \
		docs docs/_build/html

# Doctests show the newest versions' output, and a floor deprecates what its newer
# dependencies still do: neither is ours.
floor: $(FLOOR_VENV)/installed
	$(FLOOR_PY) $(PYTEST) 0 -m "not slow" -W ignore::DeprecationWarning tests

lock: $(VENV)/installed
	$(PY) $(LOCK) --universal --fork-strategy fewest --output-file requirements/lock.txt
	$(PY) $(LOCK) --resolution lowest-direct --output-file requirements/floors.txt

clean:
	rm -rf $(VENV) $(FLOOR_VENV) build dist docs/_build docs/gallery docs/reference *.egg-info \
		.mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis
	find skaffect tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# $(call make_venv,FOLDER,PYTHON,VARIABLE): an environment with pip, which one that failed halfway
# (as without Debian's python3-venv) does not have; VARIABLE chose PYTHON.
define make_venv
@$(1)/bin/python -m pip --version >/dev/null 2>&1 || { \
	$(2) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "skaffect needs Python 3.11 to 3.13, which '$(2)' is not; name another one, as in" \
			"$(3)=python3.12 after make's target" >&2; exit 1; }; \
	echo "$(2) -m venv $(1)"; $(2) -m venv $(1); }
endef

# The build tools first: python_speech_features comes as source, to be built by locked ones.
define install_lock
@echo "Installing $(2): once, and some minutes"
$(call persistently,$(1) $(PIP_INSTALL) $$(sed -nE 's/^((setuptools|wheel)==[^ ;]+).*/\1/p' $(2)))
$(call persistently,$(1) $(PIP_INSTALL) --no-build-isolation --requirement $(2))
endef

# Downloads of hundreds of megabytes break off now and then, which pip itself does not mend.
define persistently
@for seconds in 5 30 0; do $(1) && exit; sleep $$seconds; done; exit 1
endef

# The packages of a lock, again only when the lock changes; then skaffect itself, in place,
# again only when its metadata changes.
$(VENV)/locked: requirements/lock.txt
	$(call make_venv,$(VENV),$(PYTHON),PYTHON)
	$(call install_lock,$(PY),$<)
	touch $@

$(FLOOR_VENV)/locked: requirements/floors.txt
	$(call make_venv,$(FLOOR_VENV),$(FLOOR_PYTHON),FLOOR_PYTHON)
	$(call install_lock,$(FLOOR_PY),$<)
	touch $@

%/installed: %/locked setup.cfg pyproject.toml
	$*/bin/python $(PIP_INSTALL) --no-build-isolation --editable .
	touch $@
