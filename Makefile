# Needs Rust (rustup), Python 3.10 or newer with pip, and curl. Every other tool installs itself into .tools/.
.DEFAULT_GOAL := help
.PHONY: aws bench browser clients contract help dev demo test test-moto story flood schemathesis lint fmt openapi passwords build smoke deploy clean

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dev: ## Runs everything locally: functions on :9000, AWS on :9100 (RESET=1 starts empty; PORT, AWS_PORT move them)
	@infra/dev.sh

aws: ## Runs the local AWS alone on :9100, for a `cargo lambda watch` beside it
	cargo run --config infra/local.toml --bin local

demo: ## Plays the life of an account to its end, an exchange key, a program, an identity check and a second factor against a running `make dev`; moves its clock on by a week
	@infra/demo.py

test: ## Runs all tests: unit, integration on the embedded AWS, what speaks of AWS on moto, the story, generated clients, pages in a Chromium and schemathesis through cargo-lambda
	@infra/test.sh

contract: ## Replays the recorded cases of the wire contract against a running service (URL=http://127.0.0.1:9000)
	CONTRACT_URL=$(or $(URL),http://127.0.0.1:9000) cargo test --workspace --test suite a_running_service -- --ignored --nocapture

test-moto: ## Runs what speaks of the semantics of AWS against moto
	@infra/test-moto.sh

story: ## Runs `make demo` on spare ports with fresh state, then searches the functions' logs for secrets
	@infra/story.sh

clients: ## Generates a TypeScript and a Python client out of the OpenAPI document and uses them, and second factors of others, on spare ports with fresh state
	@infra/clients.sh

browser: ## Opens the pages in a real Chromium, on spare ports with fresh state (CHROMIUM names one, SHOTS a folder for pictures)
	@infra/browser.sh

bench: ## Measures what each function and each request costs: time, memory, calls to AWS, money; fails where a goal is missed
	-infra/tools.sh argon2
	cargo build --release --locked --bin bench --bin hello $(patsubst functions/%/,--bin %,$(wildcard functions/*/))
	$(or $(CARGO_TARGET_DIR),target)/release/bench

flood: ## Floods sign-in from 500 client addresses (REQUESTS, CLIENTS), on spare ports with fresh state: nobody else may notice; takes minutes
	@infra/flood.sh

schemathesis: ## Holds the functions against their OpenAPI document with made-up requests, on spare ports with fresh state
	@infra/schemathesis.sh

lint: ## Checks format, clippy, dependencies, the OpenAPI document, scripts and the template
	@infra/lint.sh

fmt: ## Formats the code
	cargo fmt

openapi: ## Writes the API's document anew from the code
	@document=$$(cargo run --quiet --bin openapi) && printf '%s\n' "$$document" >functions/docs/openapi.json

passwords: ## Makes the list of common passwords anew
	@cargo run --quiet --bin passwords >target/common.bin && mv target/common.bin functions/auth/src/password/weak/common.bin

build: ## Builds the functions for Lambda into target/lambda and prints their sizes (ARCH=x86_64 for the other architecture)
	@infra/build.sh

smoke: build ## Plays `make demo` against what `make build` made, arm64 under an emulator
	@infra/smoke.sh

deploy: ## Builds and deploys a stage with SAM (STAGE=dev, staging or prod); asks four questions the first time
	@infra/deploy.sh $(STAGE)

clean: ## Removes what was built; tools and local state stay
	cargo clean && rm -rf .aws-sam
