# shellcheck shell=bash

# A configure without what it is made of may be somebody else's; see autosetup.
build_autotools_probe() {
	[ -x autogen.sh ] || [ -x bootstrap ] || [ -f configure.ac ] || [ -f configure.in ] ||
	    { [ -x configure ] && ! build_autosetup_probe; }
}

# build_autotools_update_base - config.guess and config.sub of the base, where it has
# any, for the source's own, which may be older than the architecture
build_autotools_update_base() {
	local name of
	for name in config.guess config.sub; do
		for of in /usr/bin /usr/share/misc; do
			[ -f "$of/$name" ] || continue
			find "$SRCDIR" -name "$name" -exec cp "$of/$name" {} \;
			break
		done
	done
}

# build_autotools_stale - whether configure has to be made: RECONF says so, or there is
# none, or a patch or hook has changed what it is made of and the tools are there
build_autotools_stale() {
	[ "${RECONF,,}" = auto ] || { bool "$RECONF"; return; }
	[ -e "${configure:-$SRCDIR/configure}" ] || return 0
	command -v autoreconf >/dev/null || return 1
	[ -n "$(find "$SRCDIR" -newer "$ab_stamp" ! -path "$SRCDIR/autobuild/*" \
	    \( -name configure.ac -o -name configure.in -o -name Makefile.am -o -name '*.m4' \) \
	    ! -name aclocal.m4 -print -quit)" ]
}

build_autotools_regenerate() {
	cd "$SRCDIR"
	if ! bool "$ABNOBOOTSTRAP" && [ -f bootstrap ] && [ -x bootstrap ]; then
		./bootstrap
	elif ! bool "$ABNOAUTOGEN" && [ -f autogen.sh ] && [ -x autogen.sh ]; then
		NOCONFIGURE=1 ./autogen.sh
	elif [ -e configure.ac ] || [ -e configure.in ]; then
		autoreconf -fis
	else
		abdie 'configure cannot be made anew: there is no bootstrap, autogen.sh or configure.ac' 65
	fi
}

build_autotools_configure() {
	local checking=()
	! bool "$ABCONFIGHACK" || build_autotools_update_base
	! build_autotools_stale || build_autotools_regenerate
	ab_shadow
	ab_array AUTOTOOLS_DEF AUTOTOOLS_AFTER AUTOTOOLS_TARGET
	[ "${#AUTOTOOLS_TARGET[@]}" -gt 0 ] || AUTOTOOLS_TARGET=(--build="$HOST")
	! bool "$AUTOTOOLS_STRICT" || checking=(--enable-option-checking=fatal)
	BUILD_START
	FORCE_UNSAFE_CONFIGURE=1 "${configure:-$SRCDIR/configure}" "${AUTOTOOLS_TARGET[@]}" \
	    "${AUTOTOOLS_DEF[@]}" "${AUTOTOOLS_AFTER[@]}" "${checking[@]}"
}

build_autotools_build() {
	ab_array MAKE_AFTER ABMK
	BUILD_READY
	ab_make V=1 VERBOSE=1 "${ABMK[@]}" "${MAKE_AFTER[@]}"
}

build_autotools_install() {
	ab_array MAKE_AFTER
	BUILD_FINAL
	make install V=1 VERBOSE=1 BUILDROOT="$PKGDIR" DESTDIR="$PKGDIR" "${MAKE_AFTER[@]}"
	cd "$SRCDIR"
}
