# onesheet: `make poster` and `make test` do everything on a fresh Debian machine that has a Swift toolchain.

SWIFT ?= swift
PROGRAM := .build/release/onesheet
# Tests have a build of their own, since they are built with testing enabled.
TEST_BUILD := .build-test

# Vectors of eight floats need AVX2. Without it everything works, at about half the speed; PORTABLE=1 asks for that.
ifeq ($(PORTABLE),)
ifneq ($(shell grep -qw avx2 /proc/cpuinfo 2>/dev/null && grep -qw fma /proc/cpuinfo && grep -qw bmi2 /proc/cpuinfo && echo yes),)
ARCH_FLAGS := -Xcc -march=x86-64-v3
endif
endif

# Libraries that the program needs (pkg-config name:Debian package) and programs that the tests compare with
# (command:Debian package).
LIBRARIES := libpng:libpng-dev zlib:zlib1g-dev freetype2:libfreetype-dev harfbuzz:libharfbuzz-dev \
  libjpeg:libjpeg62-turbo-dev lcms2:liblcms2-dev
CHECKERS := pngcheck:pngcheck hb-shape:libharfbuzz-bin mogrify:imagemagick pngtopam:netpbm

PRESETS := $(sort $(wildcard presets/*.yaml))
# The film's frames.
FRAMES := $(sort $(wildcard presets/frames/*.yaml))
SAMPLES := $(patsubst presets/%.yaml,samples/%.png,$(PRESETS))
# Examples of effects, and of type.
EXAMPLES := $(sort $(wildcard presets/effects/*.yaml presets/type/*.yaml))

.PHONY: all setup setup-tests build poster posters samples test bench lint format clean

all: build

setup:
	@missing=""; \
	command -v pkg-config >/dev/null || missing="$$missing pkg-config"; \
	for pair in $(LIBRARIES); do \
	  pkg-config --exists "$${pair%%:*}" 2>/dev/null || missing="$$missing $${pair##*:}"; \
	done; \
	$(MAKE) --no-print-directory install PACKAGES="$$missing"

setup-tests: setup
	@missing=""; \
	for pair in $(CHECKERS); do \
	  command -v "$${pair%%:*}" >/dev/null || missing="$$missing $${pair##*:}"; \
	done; \
	$(MAKE) --no-print-directory install PACKAGES="$$missing"

.PHONY: install
install:
	@if [ -n "$(strip $(PACKAGES))" ]; then \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  echo "onesheet: installing$(PACKAGES) with apt"; \
	  $$sudo apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; \
	fi

build: setup
	$(SWIFT) build -c release $(ARCH_FLAGS) --product onesheet

# The teaser at a quarter of its printed size: 2025 × 3000 pixels.
poster: build
	$(PROGRAM) render presets/teaser.yaml --scale 0.25 -o teaser.png
	@echo "onesheet: wrote teaser.png; 'make posters' renders every poster at the size of print"

# Every poster at its full size.
posters: build
	@mkdir -p posters/frames
	$(PROGRAM) batch $(PRESETS) -o posters
	$(PROGRAM) batch $(FRAMES) -o posters/frames

# The pictures of the README, about 900 pixels wide: posters of 8100 pixels, frames of 2048. Those of the gallery and
# of type are as wide as their presets say.
samples: build
	@mkdir -p samples
	@for preset in $(PRESETS); do \
	  if grep -qE 'size: 2048x858|format: scope' "$$preset"; then scale=0.4394532; else scale=0.1111112; fi; \
	  case "$$preset" in *-eye.yaml|*-city.yaml) scale=0.0555556;; esac; \
	  $(PROGRAM) render "$$preset" --scale $$scale -o "samples/$$(basename "$$preset" .yaml).png" || exit 1; \
	done
	@for poster in teaser festival; do \
	  $(PROGRAM) render "presets/$$poster.yaml" --format quad --scale 0.05 -o "samples/$$poster-quad.png" || exit 1; \
	done
	@mkdir -p samples/frames samples/effects samples/type
	$(PROGRAM) batch $(FRAMES) --scale 0.4394532 -o samples/frames
	$(PROGRAM) batch presets/effects -o samples/effects
	$(PROGRAM) batch presets/type -o samples/type
	$(PROGRAM) sequence presets/frames/006.yaml --loop --fps 6 --scale 0.12 --set tape.noise=0.004 \
	  --set tape.chroma-noise=0.002 --disable grain -o samples/frame-006.apng
	$(PROGRAM) render samples/contact-sheet.yaml --scale 0.75 -o samples/contact-sheet.png

# Tells every mistake of every preset that is shipped.
.PHONY: check
check: build
	$(PROGRAM) check $(PRESETS) $(FRAMES) $(EXAMPLES)

test: setup-tests
	$(SWIFT) test -c release $(ARCH_FLAGS) -Xswiftc -enable-testing --scratch-path $(TEST_BUILD)

bench: setup
	$(SWIFT) build -c release $(ARCH_FLAGS) --product onesheet-bench
	.build/release/onesheet-bench $(BENCH)

lint:
	$(SWIFT) format lint --strict --recursive --parallel Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --recursive --parallel Sources Tests Package.swift

clean:
	rm -rf .build $(TEST_BUILD) posters teaser.png
