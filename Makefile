# Everything there is to do here; `make` alone lists it. The servers are private ones: none of the machine's own is touched.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install build release programs demo test soak erasures bench alerts bench-micro growth shots fuzz check format \
    format-check smoke servers \
    down clean

PRODUCTS := repazoo repazoo-ingest repazoo-analyze repazoo-export repazoo-retention repazoo-monitor repazoo-alert \
    repazoo-scheduler repazoo-console repazoo-sandbox
SOURCES := Sources Tests Benchmarks/micro Package.swift
SERVERS := compose/servers
# The demo shares the debug build with the tests; CONFIG=release runs what operators run, and builds longer at first.
CONFIG ?= debug
# What KEEP=1 and `make servers` leave up, and `make down` takes down.
KEPT := .dev/kept

# A recipe runs here, wherever make was called from: TIMELINE is found from the caller's folder.
override TIMELINE_PATH = $(if $(TIMELINE),$(shell cd "$(PWD)" && realpath -m -- "$(TIMELINE)"))

help: ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Install the Debian packages that are missing (as root, or by sudo)
	@$(SERVERS) install

build: install ## Build everything, tests too, for debugging
	swift build --build-tests

release: install ## Build the programs, optimised
	@for product in $(PRODUCTS); do swift build -c release --product "$$product"; done

programs: install
	@for product in $(PRODUCTS); do swift build -c $(CONFIG) --product "$$product"; done

demo: programs ## One user's tweets from request to analysis [TIMELINE=file.jsonl] [KEEP=1 leaves all of it up]
	@$(SERVERS) run $(if $(KEEP),--dir $(KEPT) --keep) -- .build/$(CONFIG)/repazoo demo \
	    $(if $(TIMELINE),--timeline "$(TIMELINE_PATH)") $(if $(KEEP),--keep)
	@$(if $(KEEP),echo "To stop it all: make down")

test: install ## Run the tests against private servers [FILTER=regular expression]
	@Tests/run $(if $(FILTER),--filter '$(FILTER)')

soak: install ## 20,000 messages while servers and consumers die at random [SOAK_SEED=n repeats a run]
	@SOAK_MESSAGES=$${SOAK_MESSAGES:-20000} SOAK_EVENTS=$${SOAK_EVENTS:-16} Tests/run --filter 'everyMessageIsAccountedFor'

erasures: install ## 200 users are erased while jobs of all kinds are under way for them [ERASURE_SEED=n repeats a run]
	@ERASURE_ROUNDS=$${ERASURE_ROUNDS:-200} Tests/run --filter 'whateverIsInFlightBringsNothingBack'

bench: install ## Measure everything beside its yardstick, about 20 minutes [ONLY=empty|standard|privacy|rates|…]
	@ONLY="$(ONLY)" Benchmarks/run

bench-micro: install ## Time of one call of what every message passes
	@cd Benchmarks/micro && swift package --allow-writing-to-package-directory benchmark

growth: install ## Throughput and memory as messages, users, audit entries and consumers grow; five minutes [CURVES="queued users"]
	@Benchmarks/growth/run $(CURVES)

shots: install ## Take the screenshots of the README anew, in a real browser
	@rm -rf .dev/shots && mkdir -p .dev/shots docs/console
	@CONSOLE_SHOTS=$(CURDIR)/.dev/shots Tests/run --filter 'ConsoleTests.BrowserTests'
	@for name in overview-1280 run-1280 person-360 compliance-360-dark; do cp .dev/shots/$$name.png docs/console/; done

alerts: install ## Every rule of alerting from its cause to the notice and back, and 10,000 dead letters in a minute
	@echo "Each rule is broken and mended before programs and servers of its own; what people were told of it, by which channel:"
	@printf 'rule  %-26s%-11s%-10s%-9s%s\n' name severity limit ends told
	@STORM_LETTERS=10000 Tests/run --filter 'AlertTests' 2>&1 | grep -E '^(rule  |storm|✘|What failed)|error:|[0-9] passed, '

fuzz: install ## Search for texts that break the privacy engine's promises [FUZZ_SECONDS=60] [CORPUS=folder]
	@FUZZ=1 swift build -c release --product privacy-fuzz
	@mkdir -p $(or $(CORPUS),.dev/fuzz)
	@$$(swift build -c release --show-bin-path)/privacy-fuzz -max_total_time=$(or $(FUZZ_SECONDS),60) -max_len=400 \
	    -artifact_prefix=.dev/ -print_final_stats=1 $(or $(CORPUS),.dev/fuzz)

check: format-check test ## What CI runs: format, build with warnings as errors, tests

format: ## Format the sources in place
	swift format --in-place --recursive $(SOURCES)

format-check: ## Say which sources are not formatted
	swift format lint --strict --recursive $(SOURCES)

smoke: ## Prove the container stack: build the image, deploy, kill, roll, count (needs a Docker engine; takes minutes)
	@compose/smoke

servers: install ## Start servers that stay up, and print how to talk to them
	@$(SERVERS) up --dir $(KEPT)
	@echo "# eval these lines in a shell, or read $(KEPT)/environment; psql \"\$$DATABASE_URL\" works then. To stop: make down"

down: ## Stop what 'make servers' or KEEP=1 left up
	@$(SERVERS) down --dir $(KEPT)

clean: ## Stop and remove all servers started here, and everything built
	@for set in .dev/*/; do if [[ -d $$set ]]; then $(SERVERS) down --dir "$$set"; fi; done
	rm -rf .build .dev
