# aoinb: GNU make, one file.  Everything made goes under $(B).
#
#   make                the helpers, in $(B)/bin
#   make check          every test that this machine can run
#   make check-san      the helpers' tests under ASan and UBSan
#   make check-vm       the tests again on systemd, cgroup v2 and an older kernel
#   make fuzz           the evaluator beside bash, and under libFuzzer
#   make soak           the server among those who kill it, for ten minutes
#   make lint           gcc and clang, shellcheck, mandoc
#   make bench          the figures
#   make install        to $(DESTDIR)$(PREFIX)

VERSION = 0.1.0
PREFIX  = /usr/local
B       = build
CC      = gcc
SAN     =

helpers = conf fetch group job layer mount order plan provenance repo run rusage serve ship spec text unpack

# What a helper is made of beside its own folder and the library: parts that are more
# than one helper's and less than everybody's.
parts_group = order
parts_job   = why
parts_plan  = eval order
parts_spec  = eval
# It is started twice in each container; without shared libraries that takes half the time.
ldflags_run = $(if $(SAN),,-static-pie)
pkgs_conf   = inih
pkgs_fetch  = libcurl libcrypto
pkgs_job    = libcrypto
pkgs_layer  = libcrypto
pkgs_plan   = libcrypto
pkgs_provenance = libcrypto
pkgs_repo   = libcrypto liblzma
pkgs_serve  = libmicrohttpd sqlite3
pkgs_ship   = libcurl
pkgs_unpack = libarchive liblzma libzstd zlib

warn   = -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wvla
harden = -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection \
         -fPIE
ifneq ($(SAN),)
harden = -fsanitize=address,undefined -fno-sanitize-recover=all \
         -fno-omit-frame-pointer
endif
CFLAGS  = -O2 -g
LDFLAGS =
cflags  = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DAOINB_VERSION='"$(VERSION)"' \
          -Ihelpers/lib -Ihelpers -MMD -MP -pthread $(warn) $(CFLAGS) $(harden)
ldflags = $(if $(SAN),-fsanitize=address$(,)undefined,-pie -Wl$(,)-z$(,)relro$(,)-z$(,)now) \
          -pthread -Wl$(,)--as-needed $(LDFLAGS)
, := ,

bins = $(helpers:%=$(B)/bin/aoinb-%)
objs_of  = $(patsubst helpers/%.c,$(B)/%.o,$(wildcard $(1:%=helpers/%/*.c)))
objs_lib = $(call objs_of,lib lib/store)
$(B)/lib/digest.o $(B)/lib/sign.o: pkgs = libcrypto
$(B)/lib/curl.o: pkgs = libcurl

all: $(bins)

# One helper: its main, its own folder if it has one, its parts, and the library.
define helper
objs_$(1) = $(B)/aoinb-$(1).o $(call objs_of,$(1))
$(B)/bin/aoinb-$(1): $$(objs_$(1)) $(call objs_of,$(parts_$(1))) $(B)/libaoinb.a
	@mkdir -p $$(@D)
	$$(CC) $$(ldflags) $$(ldflags_$(1)) -o $$@ $$^ $$(if $$(pkgs_$(1)),$$$$(pkg-config --libs $$(pkgs_$(1))))
$$(objs_$(1)): pkgs = $$(pkgs_$(1))
endef
$(foreach h,$(helpers),$(eval $(call helper,$(h))))

$(B)/libaoinb.a: $(objs_lib)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: helpers/%.c
	@mkdir -p $(@D)
	$(CC) $(cflags) $(if $(pkgs),$$(pkg-config --cflags $(pkgs))) -c -o $@ $<

-include $(wildcard $(B)/*.d $(B)/*/*.d $(B)/lib/store/*.d)

# The filter of system calls is compiled here, and not at each start of aoinb-run.
$(B)/run/filter: helpers/run/gen/filter.c
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -D_GNU_SOURCE $(warn) $$(pkg-config --cflags libseccomp) \
	    -o $@ $< $$(pkg-config --libs libseccomp)
$(B)/run/filter.h: $(B)/run/filter
	$< >$@.new && mv $@.new $@
$(B)/run/filter-sandbox.h: $(B)/run/filter
	$< sandbox >$@.new && mv $@.new $@
$(B)/run/confine.o: cflags += -I$(B)
$(B)/run/confine.o: $(B)/run/filter.h $(B)/run/filter-sandbox.h

# Tests, by prove(1).  Those of the helpers run again under sanitizers.
tests = $(wildcard tests/*.t)
tests_helpers = $(filter-out tests/group.t tests/plan.t tests/repo.t,$(wildcard \
    $(helpers:%=tests/%.t) tests/serve-hostile.t tests/package.t tests/why.t tests/group-run.t tests/fetch-evil.t \
    tests/plan-helper.t tests/repo-helper.t))

check: all
	B=$(B) tests/prove-all $(PROVE) $(tests)

check-san:
	$(MAKE) B=build/san SAN=1 CFLAGS='-O1 -g' all
	B=build/san tests/prove-all $(PROVE) $(tests_helpers)

check-vm: all
	B=$(B) sh tests/vm/run

# The evaluator: SPECS random files of each SEED beside bash, then libFuzzer for
# FUZZ_SECONDS, from the kept corpus on.  What it finds lies in $(B)/fuzz.
SEED         ?= 1 2 3 4
SPECS        ?= 6000
FUZZ_SECONDS ?= 600
fuzz: all $(B)/fuzz/spec
	@for seed in $(SEED); do \
	    PATH="$(abspath $(B))/bin:$$PATH" tests/spec-compare $(SPECS) $$seed || exit; \
	done
	@mkdir -p $(B)/fuzz/corpus
	$(B)/fuzz/spec -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=20 \
	    -dict=tests/fuzz/spec.dict -artifact_prefix=$(B)/fuzz/ -print_final_stats=1 \
	    $(B)/fuzz/corpus tests/fuzz/corpus
	$(MAKE) $(B)/fuzz/why
	@mkdir -p $(B)/fuzz/logs
	$(B)/fuzz/why -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=20 \
	    -artifact_prefix=$(B)/fuzz/ -print_final_stats=1 $(B)/fuzz/logs tests/fuzz/logs

# The same for what finds out why a build failed.
$(B)/fuzz/why: harden = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
$(B)/fuzz/why: tests/fuzz/why.c $(wildcard helpers/why/*.[ch] helpers/lib/*.[ch])
	@mkdir -p $(@D)
	clang $(filter-out -M%,$(cflags)) -o $@ $(filter %.c,$^) $$(pkg-config --libs libcrypto)

$(B)/fuzz/spec: harden = -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
$(B)/fuzz/spec: tests/fuzz/spec.c $(wildcard helpers/eval/*.[ch] helpers/lib/*.[ch])
	@mkdir -p $(@D)
	clang $(filter-out -M%,$(cflags)) -o $@ $(filter %.c,$^) $$(pkg-config --libs libcrypto)

# What takes longer than a test may: more rounds of the same.
soak: all
	CUTS=1000 ROUNDS=100 MIB=50 SECONDS_KILLED=300 B=$(B) prove -v tests/serve-fault.t

lint: all
	B=$(B) prove -v tests/lint.t

bench: all
	@for bench in $(filter-out %/lib.sh %/step.sh,$(wildcard tests/bench/*.sh)); do \
	    B=$(B) sh $$bench || exit; \
	done

# PREFIX/lib/aoinb is the tree that scripts/aoinb expects around itself.
lib = $(DESTDIR)$(PREFIX)/lib/aoinb
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(lib)/lib $(lib)/cmd $(lib)/step $(lib)/exec
	install $(bins) $(DESTDIR)$(PREFIX)/bin
	install scripts/aoinb $(lib)
	install -m 644 scripts/lib/*.sh $(lib)/lib
	install scripts/lib/progress $(lib)/lib
	install -m 644 scripts/cmd/*.sh $(lib)/cmd
	install scripts/step/* $(lib)/step
	install scripts/exec/* $(lib)/exec
	cp -r --preserve=mode toolbox $(lib)
	ln -sf ../lib/aoinb/aoinb $(DESTDIR)$(PREFIX)/bin/aoinb
	for page in man/*.[1-9]; do \
	    install -D -m 644 $$page \
	        $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/doc/aoinb
	install -m 644 conf/aoinb.ini conf/nginx-aoinb.conf conf/aoinb-serve.service conf/aoinb-serve.socket \
	    conf/aoinb-work.service $(DESTDIR)$(PREFIX)/share/doc/aoinb

clean:
	rm -rf --one-file-system build

.PHONY: all check check-san check-vm fuzz soak lint bench install clean
