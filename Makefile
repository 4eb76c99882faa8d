# aoinb: GNU make, one file.  Everything made goes under $(B).
#
#   make                the helpers, in $(B)/bin
#   make check          every test that this machine can run
#   make check-san      the helpers' tests under ASan and UBSan
#   make check-vm       the tests again on systemd, cgroup v2 and an older kernel
#   make lint           gcc and clang, shellcheck, mandoc
#   make bench          the figures
#   make install        to $(DESTDIR)$(PREFIX)

VERSION = 0.1.0
PREFIX  = /usr/local
B       = build
CC      = gcc
SAN     =

helpers = conf fetch mount run rusage spec unpack
pkgs_conf   = inih
pkgs_fetch  = libcurl libcrypto
pkgs_run    = libseccomp
pkgs_unpack = libarchive liblzma libzstd

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
          -pthread $(LDFLAGS)
, := ,

bins = $(helpers:%=$(B)/bin/aoinb-%)
lib  = $(patsubst helpers/%.c,$(B)/%.o,$(wildcard helpers/lib/*.c))

all: $(bins)

# One helper: its main, its own folder if it has one, and the library.
define helper
objs_$(1) = $(B)/aoinb-$(1).o $(patsubst helpers/%.c,$(B)/%.o,$(wildcard helpers/$(1)/*.c))
$(B)/bin/aoinb-$(1): $$(objs_$(1)) $(B)/libaoinb.a
	@mkdir -p $$(@D)
	$$(CC) $$(ldflags) -o $$@ $$^ $$(if $$(pkgs_$(1)),$$$$(pkg-config --libs $$(pkgs_$(1))))
$$(objs_$(1)): pkgs = $$(pkgs_$(1))
endef
$(foreach h,$(helpers),$(eval $(call helper,$(h))))

$(B)/libaoinb.a: $(lib)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/%.o: helpers/%.c
	@mkdir -p $(@D)
	$(CC) $(cflags) $(if $(pkgs),$$(pkg-config --cflags $(pkgs))) -c -o $@ $<

-include $(wildcard $(B)/*.d $(B)/*/*.d)

clean:
	rm -rf $(B)

.PHONY: all clean
