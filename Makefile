# The commands of the project. `make help` lists them.

GO       ?= go
BIN      := bin/aslocal
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
FUZZTIME ?= 20s
PATHS    ?= 20000
EXPRESSIONS ?= 20000
SEED     ?= 0
SHARED   ?= ../shared
KILLS    ?= 100
RUNS     ?= 5
CHROMIUM = $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2> /dev/null)))
EDITS    ?= 200
# The race detector also checks the use of unsafe pointers. SQLite is C that was translated to Go: all its pointers are such.
RACE     := -race -gcflags=modernc.org/sqlite/lib=-d=checkptr=0
# A program that the race detector has built sleeps as it ends, by default for a second.
export GORACE ?= atexit_sleep_ms=50
MOTO     := bin/moto
MOTO_VERSION := moto[server]==5.2.5
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.9.0
GOVULNDB ?= https://vuln.go.dev
# Leaves out the tables of debuggers, a quarter of the binary. Traces of stacks and profiles do not need them; `make build LDFLAGS=` keeps them.
LDFLAGS  ?= -s -w
# Runs a program of another module: from Go's cache if it was fetched before, so that no network is needed.
TOOL     := GOPROXY="file://$$($(GO) env GOMODCACHE)/cache/download,$$($(GO) env GOPROXY)" $(GO) run

.PHONY: help run build test test-definitions bench-test update models awsclient-golden golden-requests lint staticcheck vulnerabilities cover bench bench-jsonata fuzz fuzz-jsonata fuzz-jsonpath conformance corpus recorded kill compare check platforms functions test-services test-clients test-browser bench-browser test-edits pictures release test-image test-examples bench-lists

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build bin/aslocal and run the example with it
	$(GO) run ./examples/order -aslocal $(BIN)

build: ## build bin/aslocal
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='$(LDFLAGS)' -o $(BIN) ./cmd/aslocal

test: ## all tests, with the race detector
	$(GO) test $(RACE) ./...

update: ## rewrite all files of expected results; read the diff as if it were code
	@for p in $$(grep -rl --include='*_test.go' '"update"' . | xargs -n1 dirname | sort -u); do \
	  $(GO) test -count=1 $$p -update || exit 1; done

models: ## internal/awsapi/models.bin, and the constraints of Step Functions for tests, from AWS's models in botocore (needs pip)
	$(GO) run ./internal/awsmodels

awsclient-golden: ## requests to and answers of AWS's services beside those of aws-sdk-go-v2, whose modules are fetched
	$(GO) test -count=1 -v -run '^TestGolden$$' ./emulator/internal/awsclient -golden | grep -v '^=== '

golden-requests: ## the requests that aws-sdk-go-v2 has for its own tests, one for each action, whose module is fetched
	$(GO) test -count=1 -v -run '^TestGoldenRequests$$' ./emulator -golden-requests | grep -v '^=== '

lint: staticcheck vulnerabilities ## gofmt, vet, staticcheck, tidy go.mod, known vulnerabilities; without a network, what needs one is skipped
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo "gofmt: the files above are not formatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags purego ./value ./internal/cell
	$(GO) mod tidy -diff

staticcheck: ## staticcheck; skipped if it cannot be fetched
	@if $(TOOL) $(STATICCHECK) -version >/dev/null 2>&1; then $(TOOL) $(STATICCHECK) ./...; \
	else echo "staticcheck: $(STATICCHECK) cannot be fetched, skipped"; fi

vulnerabilities: ## known vulnerabilities in the code that is called; skipped if their list cannot be reached
	@if ! curl -fsS --max-time 20 -o /dev/null $(GOVULNDB)/index/db.json; then echo "vulnerabilities: $(GOVULNDB) cannot be reached, skipped"; \
	elif ! $(TOOL) $(GOVULNCHECK) -version >/dev/null 2>&1; then echo "vulnerabilities: $(GOVULNCHECK) cannot be fetched, skipped"; \
	else GOVULNDB=$(GOVULNDB) $(TOOL) $(GOVULNCHECK) ./...; fi

test-definitions: build ## aslocal test on state machines of others in SHARED, with what it covers; skipped if they are not there
	@if [ -d $(SHARED)/definitions ]; then $(BIN) test -q testdata/tests $(SHARED)/definitions; else echo "test-definitions: $(SHARED)/definitions is not there, skipped"; fi

bench-test: ## 1,000 cases of a state machine of ten states, as aslocal test runs them
	$(GO) test -run '^$$' -bench ThousandCases -benchtime 3x ./emulator/testcase

bench-lists: ## pages of lists with 10,000 state machines and 100,000 executions beside those of small ones, in memory and on disk
	$(GO) test -run '^$$' -bench '^BenchmarkLists$$' -benchtime 1000x -cpu 1 ./emulator

cover: ## coverage of all code by all tests, in cover.out
	$(GO) test -coverpkg=./... -coverprofile=cover.out ./... && $(GO) tool cover -func=cover.out | tail -1

bench: ## all benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

bench-jsonata: ## package jsonata beside npm's jsonata 2.0.6 (needs node and npm)
	$(GO) test -count=1 -v ./jsonata/compare -compare | grep -v '^=== '

fuzz: ## every fuzz target for FUZZTIME each (20s)
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "== $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; \
	  done; done

fuzz-jsonata: ## EXPRESSIONS random expressions (20000) of seed SEED (the time) beside npm's jsonata 2.0.6; needs Node and npm
	@for p in node npm; do command -v $$p > /dev/null || { echo "fuzz-jsonata: $$p is not on this machine, skipped"; exit 0; }; done; \
	$(GO) test ./jsonata/compare -count=1 -v -run '^TestRandomExpressions$$' -expressions $(EXPRESSIONS) -seed $(SEED)

fuzz-jsonpath: ## PATHS random JSONPaths (20000) beside Jayway JsonPath 2.0.0; needs Java and Maven
	@for p in java mvn; do command -v $$p > /dev/null || { echo "fuzz-jsonpath: $$p is not on this machine, skipped"; exit 0; }; done; \
	$(GO) test ./jsonpath -count=1 -run '^TestBesideJayway$$' -jayway $(PATHS)

test-edits: ## EDITS random edits (200) of seed SEED on each definition made up and of SHARED, in JSON and YAML
	$(GO) test ./asl/edit -count=1 -v -timeout 60m -run '^TestRandomEdits$$' -edits $(EDITS) -seed $(if $(filter 0,$(SEED)),1,$(SEED)) | grep -v '^ *\(===\|---\)'

conformance: build ## our own cases in process and over HTTP, then those recorded on AWS if they are there
	$(GO) test -count=1 -v -run Conformance ./conformance | grep -v '^=== '
	@if [ -d $(SHARED)/corpus ]; then $(MAKE) --no-print-directory corpus; else echo "corpus: $(SHARED)/corpus is not there, skipped"; fi
	@$(MAKE) --no-print-directory recorded

corpus: build ## the recorded corpus against a server, with CORPUS_FLAGS for its runner
	./conformance/corpus.sh $(BIN) $(SHARED)/corpus $(CORPUS_FLAGS)

recorded: build ## executions recorded on AWS against a server
	@if [ -d $(SHARED)/recorded ]; then ./conformance/recorded.sh $(BIN) $(SHARED)/recorded; else echo "recorded: $(SHARED)/recorded is not there, skipped"; fi

functions: ## local functions with many processes: all cases of Python and Node, 10 000 calls, cold starts and warm calls
	$(GO) test ./emulator/internal/lambda -count=1 -v -all -run '^Test(ManyCalls|Node|HugeLog)$$' | grep -v '^=== '
	$(GO) test ./emulator/internal/lambda -run '^$$' -bench . -benchmem

test-services: ## tasks against the services of moto's server; skipped without Python, or without a network the first time
	@command -v python3 > /dev/null || { echo "test-services: python3 is not on this machine, skipped"; exit 0; }; \
	if [ ! -x $(MOTO)/bin/moto_server ]; then \
	  { python3 -m venv $(MOTO) && $(MOTO)/bin/pip install --quiet --disable-pip-version-check '$(MOTO_VERSION)'; } || \
	    { rm -rf $(MOTO); echo "test-services: $(MOTO_VERSION) cannot be installed, skipped"; exit 0; }; \
	fi; \
	$(GO) test -count=1 -run '^TestMoto$$' ./emulator -moto $(abspath $(MOTO))/bin/moto_server

test-clients: build ## every action with the AWS CLI and the SDKs of Go, Python, JavaScript and Java; CLIENTS_FLAGS go to conformance/clients; what cannot be fetched is skipped
	$(GO) run ./conformance/clients -aslocal $(BIN) $(CLIENTS_FLAGS)

test-browser: ## the pages in Chromium, with axe's rules of accessibility if npm can fetch them; skipped without Chromium
	@if [ -z "$(CHROMIUM)" ]; then echo "test-browser: no Chromium on PATH (apt-get install chromium), skipped"; exit 0; fi; \
	[ -d emulator/ui/browsertest/testdata/node_modules ] || \
	  npm install --no-audit --no-fund --no-save --no-package-lock --fetch-retries 1 --fetch-timeout 20000 --prefix emulator/ui/browsertest/testdata axe-core@4 || \
	  echo "test-browser: axe-core cannot be fetched, so accessibility is not tested"; \
	$(GO) test -count=1 -timeout 30m ./emulator/ui/browsertest -browser

bench-browser: build ## what pages cost: first paint, frames of long histories, CPU of a server with ten pages open; RUNS times (5)
	@if [ -z "$(CHROMIUM)" ]; then echo "bench-browser: no Chromium on PATH (apt-get install chromium), skipped"; exit 0; fi; \
	$(GO) test -C emulator/ui/browsertest -count=$(RUNS) -timeout 30m -run "^Test(FirstPaint|LongHistory|ManyEventsLive|ManyExecutions|OpenPages)$$" -browser -measure -aslocal $(abspath $(BIN))

pictures: build ## the pictures of README.md, from pages that run; skipped without Chromium
	@if [ -z "$(CHROMIUM)" ]; then echo "pictures: no Chromium on PATH (apt-get install chromium), skipped"; exit 0; fi; \
	mkdir -p docs/pictures && $(GO) test -count=1 -run '^TestPictures$$' ./emulator/ui/browsertest -pictures $(abspath docs/pictures) -aslocal $(abspath $(BIN))

kill: build ## attack bin/aslocal from outside: KILLS kills (100) under load, redrives, a full disk …; ATTACK_FLAGS go to internal/attack
	$(GO) run ./internal/attack -aslocal $(BIN) -kills $(KILLS) $(ATTACK_FLAGS)

compare: build ## speed of bin/aslocal beside that of another binary, BEFORE; COMPARE_FLAGS go to internal/compare
	$(GO) run ./internal/compare -before $(BEFORE) -after $(BIN) -shared $(SHARED) $(COMPARE_FLAGS)

platforms: ## build for every platform, without CGO
	@for p in $(PLATFORMS); do \
	  echo "build $$p"; CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build -trimpath -o /dev/null ./cmd/aslocal || exit 1; done

release: ## archives for PLATFORMS (all six) in dist/, with licences, SBOMs and checksums, of the commit and its tag, or VERSION (v0.1.0); RELEASE_FLAGS go to internal/release
	$(GO) run ./internal/release -version '$(VERSION)' -platforms '$(PLATFORMS)' $(RELEASE_FLAGS)

test-image: build ## the image of the Dockerfile, built by buildah and run without an engine; skipped without buildah, or if not root on Linux
	$(GO) test -count=1 -v -run '^TestImage$$' ./internal/release -image $(abspath $(BIN)) | grep -v '^=== '

test-examples: build ## examples/integration-tests: in Go, Python, Node and Java, without a container; what is missing is skipped
	./examples/integration-tests/check.sh $(abspath $(BIN))

check: lint test platforms ## what must pass before a commit lands
