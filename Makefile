# Everything one does with this checkout. `make` alone lists it.
#
# Needed: Go (the version in go.mod), make, and PostgreSQL's programs; `make test` also curl, python3 and node, `make race` also a C
# compiler, `make e2e` also Chromium and LibreOffice Calc. Modules and tools come through the Go module proxy that the environment configures; nothing else is fetched.

.DEFAULT_GOAL := help

# Go, the browser and PostgreSQL's client want a home. In containers and under init systems HOME may be unset, empty or
# somebody else's: then the one of the account is used, and a folder in here where that is not writable either.
export HOME := $(shell \
	for folder in "$$HOME" "$$(eval echo "~$$(id -un 2>/dev/null)")"; do \
		case $$folder in (/?*) [ -d "$$folder" ] && [ -w "$$folder" ] && echo "$$folder" && exit;; esac; \
	done; \
	mkdir -p .cache/home && echo "$(CURDIR)/.cache/home")

# A clone that belongs to somebody else builds too: asking git about it would fail.
export GOFLAGS := $(strip $(filter-out -buildvcs%,$(GOFLAGS)) -buildvcs=false)

GOLANGCI_LINT := v2.15.0

E2E := ./handlers/e2e
TORTURE := ./handlers/torture

# What configures a Daybook of this shell must not reach a test: it could write into a real database.
FOREIGN := $(filter-out DAYBOOK_DBTEST_%,$(filter DATABASE_URL DAYBOOK_% PG%,$(.VARIABLES)))
# An odd zone, half an hour off, with summer time: what mixes up zones fails here.
TEST := env $(addprefix -u ,$(FOREIGN)) TZ=Canada/Newfoundland go test -count=1

CI := format-check generate-check lint build test race e2e

.PHONY: help run build generate fmt lint test race e2e torture bench ci clean format-check generate-check

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

run: build ## serve a demo on http://127.0.0.1:8080, with its own PostgreSQL
	./daybook serve --demo

build: ## build ./daybook
	go build -o daybook .

generate: ## write *_templ.go from *.templ, and openapi.yaml from its parts
	go tool templ generate -log-level warn
	go generate ./handlers/api/openapi

fmt: ## format Go and templ files
	@find . -name '.?*' -prune -o -name '*.go' ! -name '*_templ.go' -print0 | xargs -0 gofmt -s -w
	go tool templ fmt -log-level warn .

lint: ## import direction, sizes, names, and what vet and staticcheck know
	@folder="$(CURDIR)/.cache/tools/golangci-lint-$(GOLANGCI_LINT)-$$(go env GOVERSION)"; \
	if [ ! -x "$$folder/golangci-lint" ]; then \
		echo "Building golangci-lint $(GOLANGCI_LINT), which takes a minute or two the first time."; \
		GOBIN="$$folder" CGO_ENABLED=0 go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT) || exit; \
	fi; \
	"$$folder/golangci-lint" run ./...

test: ## the whole suite, on a PostgreSQL of its own; about seven minutes on two processors
	$(TEST) -timeout 5m ./...

# Ten times slower, so only where two things happen at once in one process.
RACE := ./clients/... ./handlers/... ./services/auth ./services/feed ./services/ingest ./services/journal ./services/live

race: ## the race detector, on packages where two things happen at once
	@command -v "$$(go env CC)" >/dev/null || { echo "The race detector needs a C compiler: apt-get install gcc libc6-dev"; exit 1; }
	CGO_ENABLED=1 $(TEST) -race -timeout 10m $$(go list $(RACE) | grep -v -e /torture -e /cli)

# The names that the tests look for, in the same order as chromedp.
e2e: ## stories in a real browser (Chromium)
	@for name in headless_shell headless-shell chromium chromium-browser google-chrome google-chrome-stable; do \
		if command -v $$name >/dev/null; then exit 0; fi; \
	done; \
	echo "The browser stories need Chromium: apt-get install chromium"; exit 1
	@command -v soffice >/dev/null || { echo "The story of spreadsheets needs LibreOffice Calc: apt-get install libreoffice-calc-nogui"; exit 1; }
	$(TEST) -tags e2e -timeout 10m $(E2E)

torture: ## the long form: fifty kills, full disks, frozen writers; up to an hour
	$(TEST) -tags torture -timeout 60m -run Torture -v $(TORTURE)

# BENCH_ROWS=3000000 asks for more rows than are usual, BENCH_EVENTS=FILE.ndjson.gz for real ones (feedtest.NewLarge).
bench: ## benchmarks; they print ratios, against something measured in the same run
	$(TEST) -timeout 60m -run '^$$' -bench . -benchmem ./...

ci: ## all that has to hold before a change lands
	@for step in $(CI); do \
		printf '\n== make %s\n' $$step; began=$$(date +%s); \
		$(MAKE) --no-print-directory $$step || { echo "== make $$step failed"; exit 1; }; \
		echo "== make $$step: $$(($$(date +%s) - began)) s"; \
	done

# Neither of the two checks writes anything.
format-check:
	@go tool templ version >/dev/null # once, so that a tool that does not build is not taken for a file that is not formatted
	@set -e; bad=$$(find . -name '.?*' -prune -o -name '*.go' ! -name '*_templ.go' -print0 | xargs -0 gofmt -s -l); \
	for file in $$(find . -name '.?*' -prune -o -name '*.templ' -print); do \
		go tool templ fmt -log-level error -stdout "$$file" | cmp -s - "$$file" || bad="$$bad $$file"; \
	done; \
	if [ -n "$$bad" ]; then echo "Not formatted, run make fmt:" $$bad; exit 1; fi

generate-check: # that openapi.yaml is what its parts say is checked by a test
	@for file in $$(find . -name '.?*' -prune -o -name '*_templ.go' -print); do \
		if [ ! -f "$${file%_templ.go}.templ" ]; then echo "$$file is left over from a template that is gone: remove it."; exit 1; fi; \
	done
	@go tool templ generate -check -log-level error || { echo "Run make generate."; exit 1; }

clean: ## remove what was built; never data
	rm -rf daybook .cache/tools
	@# Go keeps its modules read-only. A demo's data may lie in the same home and stays.
	@for folder in .cache/home/go .cache/home/.cache; do if [ -d $$folder ]; then chmod -R u+w $$folder; rm -rf $$folder; fi; done
