# SPDX-License-Identifier: GPL-2.0-only
# For people; kbuild reads the file Kbuild. "make help" lists the targets. The
# work is done by scripts/, this only gives it names.

HOSTARCH := $(shell uname -m)
ARCH ?= $(HOSTARCH)
ifeq ($(ARCH),x86)
override ARCH := x86_64
endif
prefix ?= /usr/local
DEFAULT_KDIR := /lib/modules/$(shell uname -r)/build
KDIR ?= $(DEFAULT_KDIR)

# Handed on by make itself when given on the command line.
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR) $(KBUILD_ARGS)
# Suites for KUnit are for test kernels, which scripts/build-modules serves.
KBUILD_ARGS := CONFIG_SEXTANT_KUNIT_TEST=n
ifneq ($(ARCH),$(HOSTARCH))
KBUILD_ARGS += ARCH=$(ARCH)
CROSS_COMPILE ?= $(ARCH)-linux-gnu-
endif
ifneq ($(CROSS_COMPILE),)
KBUILD_ARGS += CROSS_COMPILE=$(CROSS_COMPILE)
endif
TOOLS = $(MAKE) -C tools ARCH=$(ARCH) PREFIX=$(prefix) \
	$(if $(CROSS_COMPILE),CROSS_COMPILE=$(CROSS_COMPILE))

# So that "make V=1" shows the commands of the command's own build as well.
ifneq ($(V),1)
MAKEFLAGS += --no-print-directory
endif

all: tools modules

help:
	@sed -n 's|^## \{0,1\}||p' Makefile

## Sextant: IPsec in modules that can be loaded, changed and unloaded
##
## To try it, as root; each installs the Debian packages that it needs:
##   demo        boot a guest and show what is protected, with the evidence
##   shell       an interactive guest with the modules loaded
##   check       every test; ends with "N passed, N failed, N skipped";
##               SXT_BUDGET=MINUTES in the environment: fails if it takes longer
##   check-long  the same with the long runs, the sparc64 debug kernel, IPsec
##               over our own IPv6 as well, the whole benchmark, the build in a
##               kernel tree, both demos, and breaks of the pure code, each of
##               which a test must see
##   bench       instructions a packet, against the kernel's own IPsec
##   fuzz        the long fuzzing runs
##   proofs      prove windows, lengths, lifetimes and neighbour discovery with
##               Frama-C
## To use it:
##   all         tools and modules (what "make" alone does)
##   modules     the modules, for the running kernel or for KDIR=...
##   tools       the command
##   install     both: the command and its manual pages below prefix=, which is
##               /usr/local, the modules in /lib/modules; all below DESTDIR=
##   clean       remove what "all" and the tests built; cached kernels stay
## To change it:
##   regen       make the generated files anew from uapi/sextant.yaml, and the
##               reasons of the IPv6 stack in its README
##
##   ARCH=sparc64      demo, shell, modules, tools: that architecture
##   CROSS_COMPILE=    prefix of its compiler (default ARCH-linux-gnu-)
##   KDIR=             a built kernel tree, or its headers
##   V=1               show the commands

# Package lists are read only where a compiler or the library is missing: who
# builds for his own kernel needs no emulator.
need-tools:
	@command -v $(CROSS_COMPILE)gcc > /dev/null && \
		{ [ -n "$(CROSS_COMPILE)" ] || \
		echo '#include <libmnl/libmnl.h>' | gcc -E - > /dev/null 2>&1; } || \
		scripts/setup

need-kdir:
	@[ -e "$(KDIR)/Makefile" ] || { \
		echo "No built kernel tree at $(KDIR): give KDIR=..., or install" \
		"the headers of the kernel (Debian: linux-headers-$$(uname -r))," \
		"or run 'make demo', which builds a test kernel." >&2; exit 1; }

setup:
	@scripts/setup

modules: need-kdir
	+$(KBUILD) modules

tools: need-tools
	+$(TOOLS) all

install: need-kdir modules tools
	+$(KBUILD) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	+$(TOOLS) DESTDIR=$(DESTDIR) install

demo: setup
	@scripts/demo --arch $(ARCH)

shell: setup
	@scripts/shell --arch $(ARCH)

check: setup
	@scripts/check

check-long: setup
	@SXT_LONG=1 scripts/check

bench: setup
	@scripts/bench/run

fuzz: setup
	@$(MAKE) -C tools/fuzz long

proofs: setup
	@scripts/proofs/run

regen: setup
	@scripts/regen "$$(scripts/lint/kernel-source)"
	@scripts/lint/man-reasons --write
	@scripts/lint/why --write

# The kernel trees' own clean would look at sources that may be gone.
clean:
	find modules kunit \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name modules.order \) \
		-delete
	$(RM) -r build .*.cmd modules.order Module.symvers .module-common.o

.PHONY: all help need-tools need-kdir setup modules tools install demo shell \
	check check-long bench fuzz proofs regen clean
