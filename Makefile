# make check: all that must be green before a commit lands; make docs: renew what is generated
PYTHON ?= python
SCHEMA_DB := $(shell mktemp -u)

.PHONY: check lint types layers schema docs docs-check bench-smoke test
check: lint types layers schema docs-check

lint:
	ruff check .
	ruff format --check .

types:
	mypy

layers:
	lint-imports

schema:
	KETLIT_SCHEMA_DB=$(SCHEMA_DB) alembic -q upgrade head
	KETLIT_SCHEMA_DB=$(SCHEMA_DB) alembic -q check; status=$$?; rm -f $(SCHEMA_DB); exit $$status

docs:
	cog -r -P -I docs README.md docs/cli.md docs/data-model.md

docs-check:
	cog --check -P -I docs README.md docs/cli.md docs/data-model.md

bench-smoke:
	for script in benchmarks/[a-z]*.py; do $(PYTHON) $$script --smoke || exit 1; done

test:
	pytest
