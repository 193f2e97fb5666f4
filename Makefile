# The two commands of the README are `make demo` and `make test`; the others are for developers.
SWIFT ?= swift
BUILD = $(SWIFT) build -c release --explicit-target-dependency-import-check error
DOCUMENTED = SqueezeTensor SqueezeEntropy SqueezeParameters SqueezeData SqueezeMetrics SqueezeGraph \
  SqueezeOperators SqueezeModels SqueezeEngine SqueezeCompress SqueezeFormats SqueezeMeasure SqueezeReport \
  SqueezeTrain SqueezeMPI SqueezeExperiments SqueezeRecipes Squeeze

.PHONY: help demo test build lint format docs check-kernels check-onnx check-mpi benchmark \
  benchmark-training sanitize install \
  clean packages

help: ## Say what each target does
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

packages:
	@Scripts/install-system-packages

build: packages ## Build the command and the libraries, optimised
	$(BUILD) --product squeeze

demo: build ## Show the main job on a network and pictures the package makes itself
	@.build/release/squeeze demo --output demo-output

test: packages ## Run all tests, optimised
	$(SWIFT) build -c release --build-tests --explicit-target-dependency-import-check error
	@SWIFT="$(SWIFT)" Scripts/run-tests

lint: ## Check formatting and style
	$(SWIFT) format lint --strict --configuration .swift-format --recursive Package.swift Sources Tests

format: ## Format all sources in place
	$(SWIFT) format --in-place --configuration .swift-format --recursive Package.swift Sources Tests

docs: packages ## Build the documentation, warnings are errors
	@for target in $(DOCUMENTED); do \
	  $(SWIFT) package generate-documentation --target $$target --warnings-as-errors || exit 1; \
	done

check-kernels: packages ## Check that no instruction set leaks out of its kernels
	@for level in V3 V4 V4X; do \
	  $(SWIFT) build -c release --scratch-path .build-kernels --target SqueezeKernels$$level || exit 1; \
	done
	Scripts/check-kernel-symbols "$$($(SWIFT) build -c release --scratch-path .build-kernels --show-bin-path)"

sanitize: packages ## Run the engine's tests under the address and the thread sanitizer
	@for kind in address thread; do \
	  $(SWIFT) build -c release --build-tests --sanitize=$$kind --scratch-path .build-$$kind && \
	  ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=suppressions=Scripts/thread-sanitizer.suppressions \
	    $(SWIFT) test -c release --skip-build --sanitize=$$kind --scratch-path .build-$$kind --filter SqueezeEngineTests || exit 1; \
	done

check-onnx: ## Compare exported ONNX with ONNX Runtime (skipped by name without it)
	Scripts/check-onnx

check-mpi: packages ## Train with two MPI ranks, also over a network of namespaces (skipped by name without Open MPI)
	@if command -v mpirun >/dev/null 2>&1; then \
	  $(BUILD) --traits MPI --scratch-path .build-mpi --product squeeze; fi
	Scripts/check-mpi

benchmark: build ## Time networks beside other engines: make benchmark ARGS="--networks mobilenet-v2 --quick"
	Benchmarks/setup
	Benchmarks/.venv/bin/python Benchmarks/benchmark.py $(ARGS)

benchmark-training: build ## Time training steps beside PyTorch: make benchmark-training ARGS="--networks LeNet-5"
	Benchmarks/setup-training
	Benchmarks/.venv-training/bin/python Benchmarks/training.py $(ARGS)

install: build ## Install the command and its completions below PREFIX (default /usr/local)
	install -d $(DESTDIR)$(or $(PREFIX),/usr/local)/bin
	install -m 755 .build/release/squeeze $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/squeeze

clean: ## Remove what was built
	rm -rf .build .build-address .build-mpi .build-thread .build-kernels demo-output
