# Every target sets up what it needs in .venv first, and starts at once where nothing has changed.
#   make lab PYTHON=python3.12    build .venv with that Python
#   make lab PORT=8890            serve JupyterLab there
#   make test ARGS='-k schedules' pass arguments on to pytest (or, in `make lab`, to `lrlab lab`)

.DEFAULT_GOAL := help
.PHONY: help lab test test-all check js bench site talk stills release student-pack hub format hooks clean

# Any Python 3 can run the bootstrap script, which then looks for one that is new enough or says what is missing.
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
STARTER := $(firstword $(foreach name,$(PYTHONS),$(if $(shell command -v $(name) 2>/dev/null),$(name))) $(PYTHON))
export LRLAB_PYTHON := $(PYTHON)
BOOTSTRAP = @$(if $(STARTER),"$(STARTER)",echo "lrlab needs Python 3.11 or newer, and there is no python3 here." >&2; exit 1;) tools/bootstrap.py

BIN := .venv/bin
# Four workers keep two cores busy, as tests wait for pages, kernels and limits; `check` only computes.
WORKERS = $(or $(JOBS),2)
test test-all: WORKERS = $(or $(JOBS),4)
# Two threads of torch for each worker would fight over the cores. Where Python is told to write no bytecode, every
# process of a run would compile lrlab again, and pytest every test.
PYTEST = OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

lab:  ## open the course in JupyterLab
	$(BOOTSTRAP) lab
	@exec $(BIN)/lrlab lab $(if $(PORT),--port $(PORT)) $(ARGS)

test: CHOSEN = -m "not nightly"
test:  ## run the tests (about 12 minutes on two cores; those in a browser look for one)

test-all: CHOSEN = --hypothesis-profile=night
test-all:  ## run all tests, those of the night too (hours)

test test-all:
	$(BOOTSTRAP) test
	@$(BIN)/python tools/find_bwrap.py --install >/dev/null || true
	@LRLAB_BROWSER="$$($(BIN)/python tools/find_browser.py --install)"; export LRLAB_BROWSER; \
		$(PYTEST) --durations=20 $(CHOSEN) $(ARGS)

check:  ## formatting, lint, types and the fast tests (under a minute)
	$(BOOTSTRAP) test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(MAKE) --no-print-directory js
	@# Types beside the tests: each test process is alone with one core while it imports torch.
	@# No group matters here, nor what is logged, for which pytest touches each logger at each step; tests/browser is slow.
	@$(BIN)/mypy & types=$$!; $(PYTEST) -q --dist load -p no:logging --ignore=tests/browser \
		-m "not slow and not nightly" $(ARGS); tests=$$?; wait $$types && exit $$tests

js:  ## formatting, lint and types of the JavaScript (three seconds; skipped where npm is missing)
	@if ! command -v npm >/dev/null; then echo "The JavaScript is not checked: there is no npm here."; \
	elif [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --silent --no-fund --no-audit; then \
		npm run --silent check; \
	else echo "The JavaScript is not checked: npm could not get its tools."; fi

bench:  ## measure what benchmarks/ measures
	$(BOOTSTRAP) test
	@for script in benchmarks/bench_*.py; do $(BIN)/python "$$script" || exit 1; done

site:  ## run all notebooks and build the published course in build/site
	$(BOOTSTRAP) site
	@$(BIN)/python tools/build_site.py $(ARGS)

talk:  ## serve the lecture as slides; with ARGS='--pdf talk.pdf' print them
	$(BOOTSTRAP) site
	@$(BIN)/python tools/talk.py $(ARGS)

stills:  ## draw the explorers' still pictures, which GitHub shows
	$(BOOTSTRAP) lab
	@$(BIN)/python tools/stills.py $(ARGS)

release:  ## generate assignments/ from solutions/
	$(BOOTSTRAP) lab
	@$(BIN)/lrlab release $(ARGS)

student-pack:  ## build the zip that students get: course, assignments and lrlab, without solutions
	$(BOOTSTRAP) lab
	@$(BIN)/lrlab pack $(ARGS)

hub:  ## run a JupyterHub with an instructor and two students (Linux and root; docs/jupyterhub.md)
	@"$(or $(STARTER),python3)" tools/make_hub.py $(if $(PORT),--port $(PORT)) $(ARGS)

format:  ## format the code and mend what lint can mend
	$(BOOTSTRAP) test
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@if [ -x node_modules/.bin/biome ]; then npm run --silent format; fi

hooks:  ## strip notebook outputs and format at every commit
	$(BOOTSTRAP) test
	@$(BIN)/pre-commit install

clean:  ## remove .venv and every cache
	$(BOOTSTRAP) clean
	@rm -rf node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results benchmarks/out build *.egg-info
	@find . -name .git -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -exec rm -rf {} +
