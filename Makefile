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
#   make pictures       those of the README, anew
#   make install        to $(DESTDIR)$(PREFIX); make uninstall takes it away again
#   make deb            a Debian package, in $(B)/deb; make abbs: a bundle that builds aoinb

VERSION = 0.1.0
PREFIX  = /usr/local
B       = build
CC      = gcc
SAN     =

helpers = bundle client conf doctor fetch group job layer mount order place plan provenance repo report run rusage serve ship spec text unpack

# What a helper is made of beside its own folder and the library: parts that are more
# than one helper's and less than everybody's.
parts_bundle = eval
parts_client = http
parts_group = order
parts_job   = why
parts_place = http ship
parts_plan  = eval order
parts_report = order why
parts_serve = why
parts_ship  = http
parts_spec  = eval
# It is started twice in each container; without shared libraries that takes half the time.
ldflags_run = $(if $(SAN),,-static-pie)
pkgs_bundle = libcrypto
pkgs_conf   = inih
pkgs_fetch  = libcurl libcrypto
pkgs_job    = libcrypto
pkgs_layer  = libcrypto
pkgs_plan   = libcrypto
pkgs_provenance = libcrypto
pkgs_report = libcrypto
pkgs_repo   = libcrypto liblzma
pkgs_serve  = libmicrohttpd sqlite3
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
$(B)/lib/curl.o $(B)/http/http.o: pkgs = libcurl

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

# The files of the server's pages are in it.
$(B)/serve/web.o: $(wildcard helpers/serve/web/*)

# Tests, by prove(1).  Those of the helpers run again under sanitizers.
tests = $(wildcard tests/*.t)
tests_helpers = $(filter-out tests/group.t tests/plan.t tests/repo.t tests/report.t,$(wildcard \
    $(helpers:%=tests/%.t) tests/serve-hostile.t tests/package.t tests/why.t tests/group-run.t tests/fetch-evil.t \
    tests/plan-helper.t tests/repo-helper.t tests/report-helper.t))

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
	CUTS=1000 ROUNDS=100 MIB=50 SECONDS_KILLED=300 GUESSES=10000 \
	    B=$(B) prove -v tests/serve-fault.t tests/serve-hostile.t

lint: all
	B=$(B) prove -v tests/lint.t

pictures: all
	B=$(B) sh tests/pictures/dashboard.sh man/dashboard.webp

bench: all
	@for bench in $(filter-out %/lib.sh %/step.sh,$(wildcard tests/bench/*.sh)); do \
	    B=$(B) sh $$bench || exit; \
	done

# PREFIX/lib/aoinb is the tree that scripts/aoinb expects around itself.  Each file is put
# in place as a new one, so that builds which run keep those they have open.
lib   = $(DESTDIR)$(PREFIX)/lib
share = $(DESTDIR)$(PREFIX)/share
units = $(wildcard conf/*.service conf/*.socket conf/*.timer)
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(addprefix $(lib)/,aoinb/lib aoinb/cmd aoinb/step aoinb/exec \
	    systemd/system sysusers.d tmpfiles.d) $(share)/doc/aoinb
	install $(bins) $(DESTDIR)$(PREFIX)/bin
	install scripts/aoinb $(lib)/aoinb
	install -m 644 scripts/lib/*.sh $(lib)/aoinb/lib
	install scripts/lib/progress $(lib)/aoinb/lib
	install -m 644 scripts/cmd/*.sh $(lib)/aoinb/cmd
	install scripts/step/* $(lib)/aoinb/step
	install scripts/exec/* $(lib)/aoinb/exec
	cp -r --preserve=mode --remove-destination toolbox $(lib)/aoinb
	ln -sfn ../lib/aoinb/aoinb $(DESTDIR)$(PREFIX)/bin/aoinb
	for page in man/*.[1-9]; do \
	    install -D -m 644 $$page $(share)/man/man$${page##*.}/$${page##*/} || exit; \
	done
	for unit in $(units); do \
	    sed 's,/usr/local,$(PREFIX),g' $$unit >$(B)/unit && \
	    install -m 644 $(B)/unit $(lib)/systemd/system/$${unit##*/} || exit; \
	done
	install -m 644 conf/aoinb.sysusers $(lib)/sysusers.d/aoinb.conf
	install -m 644 conf/aoinb.tmpfiles $(lib)/tmpfiles.d/aoinb.conf
	install -m 644 conf/aoinb.ini conf/nginx-aoinb.conf $(share)/doc/aoinb

# What install puts somewhere, and the folders that are aoinb's alone.
uninstall: all
	rm -rf $(B)/installed
	$(MAKE) -s DESTDIR=$(abspath $(B))/installed install
	cd $(B)/installed$(PREFIX) && find . ! -type d -exec sh -c 'cd "$$0" && rm -f -- "$$@"' $(DESTDIR)$(PREFIX) {} +
	rm -rf $(lib)/aoinb $(share)/doc/aoinb $(B)/installed

# The sources as one file, which is the same each time; a Debian package; and a bundle
# of AOSC's kind, whose sources are at DIST_URL.
release  = aoinb-$(VERSION)
dist:
	@mkdir -p $(B)
	git archive --prefix=$(release)/ HEAD | gzip -n9 >$(B)/$(release).tar.gz

deb: dist
	rm -rf $(B)/deb && mkdir $(B)/deb
	tar -xzf $(B)/$(release).tar.gz -C $(B)/deb
	cp -r $(B)/deb/$(release)/conf/debian $(B)/deb/$(release)
	cd $(B)/deb/$(release) && dpkg-buildpackage -us -uc -b

abbs: dist
	@[ '$(DIST_URL)' ] || { echo 'abbs: DIST_URL has to be the address below which $(release).tar.gz will lie' >&2; exit 1; }
	rm -rf $(B)/abbs && mkdir -p $(B)/abbs/app-devel
	cp -r conf/abbs $(B)/abbs/app-devel/aoinb
	sed -i "s,@VERSION@,$(VERSION),; s,@URL@,$(DIST_URL),; s,@SHA256@,$$(sha256sum <$(B)/$(release).tar.gz | cut -c 1-64)," \
	    $(B)/abbs/app-devel/aoinb/spec

clean:
	rm -rf --one-file-system build

.PHONY: all check check-san check-vm fuzz soak lint bench pictures install uninstall dist deb abbs clean
