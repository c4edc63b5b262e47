# Everything there is to do here; `make` alone lists it. The servers are private ones: none of the machine's own is touched.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install build release programs demo test soak bench check format format-check servers down clean

PRODUCTS := repazoo repazoo-ingest repazoo-analyze repazoo-alert repazoo-sandbox
SOURCES := Sources Tests Package.swift
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

bench: install ## Measure the privacy engine: speed beside RE2, recall and false alarms
	@bench/privacy/run

check: format-check test ## What CI runs: format, build with warnings as errors, tests

format: ## Format the sources in place
	swift format --in-place --recursive $(SOURCES)

format-check: ## Say which sources are not formatted
	swift format lint --strict --recursive $(SOURCES)

servers: install ## Start servers that stay up, and print how to talk to them
	@$(SERVERS) up --dir $(KEPT)
	@echo "# eval these lines in a shell, or read $(KEPT)/environment; psql \"\$$DATABASE_URL\" works then. To stop: make down"

down: ## Stop what 'make servers' or KEEP=1 left up
	@$(SERVERS) down --dir $(KEPT)

clean: ## Stop and remove all servers started here, and everything built
	@for set in .dev/*/; do if [[ -d $$set ]]; then $(SERVERS) down --dir "$$set"; fi; done
	rm -rf .build .dev
