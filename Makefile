# Operation Encompass notification pipeline. `make help` says what there is.

.PHONY: help demo test lint bench bench-matching screenshots schemas
.DEFAULT_GOAL := help

CARGO ?= cargo
# The demo's and the benchmark's programs are built with optimisation; tests are not.
BIN := target/release/encompass

help: ## Says what there is.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

demo: ## Builds, then shows a made-up county's fortnight in one process. ONCE=1 ends after the table. SEED=n, PORT=n.
	@scripts/setup build
	$(CARGO) build --release --locked --package encompass
	$(BIN) demo $(if $(ONCE),--once) $(if $(SEED),--seed $(SEED)) $(if $(PORT),--port $(PORT))

test: ## Sets up what is missing and runs every test, against real servers.
	@scripts/setup
	@rm -f target/left-out.txt
	$(CARGO) build --locked --package encompass
	$(CARGO) test --locked --workspace --no-fail-fast; status=$$?; scripts/left-out; exit $$status

lint: ## Formatting, clippy with warnings denied, dependencies' licences, bans and sources.
	@scripts/setup lint
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- --deny warnings
	target/tools/bin/cargo-deny --locked check --hide-inclusion-graph licenses bans sources

bench: ## Prints the figures of the benchmark, with the machine named.
	@scripts/setup
	$(CARGO) build --release --locked --package encompass --package encompass-bench
	target/release/encompass-bench
	$(MAKE) --no-print-directory bench-matching

bench-matching: ## Prints how well and how fast children are matched. SET=train, CHILDREN=n (1000000).
	$(CARGO) build --release --locked --package encompass-matching --examples
	target/release/examples/accuracy $(SET)
	@echo
	target/release/examples/speed $(CHILDREN)

screenshots: ## Takes the README's pictures from a demonstration.
	@scripts/setup
	$(CARGO) build --release --locked --package encompass
	scripts/screenshots

schemas: ## Writes the schemas and documents that are generated from the code.
	UPDATE_EXPECT=1 $(CARGO) test --locked --package encompass-core --test contract
