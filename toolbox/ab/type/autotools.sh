# shellcheck shell=bash

build_autotools_probe() {
	[ -x configure ] || [ -x autogen.sh ] || [ -x bootstrap ] || [ -f configure.ac ]
}

# RECONF=yes makes configure anew even when the source brings it.
build_autotools_configure() {
	if bool "$RECONF" || [ ! -e "${configure:-configure}" ]; then
		build_autotools_generate
	fi
	ab_shadow
	ab_array AUTOTOOLS_DEF AUTOTOOLS_AFTER
	BUILD_START
	FORCE_UNSAFE_CONFIGURE=1 "${configure:-$SRCDIR/configure}" \
	    --build="$(gcc -dumpmachine)" "${AUTOTOOLS_DEF[@]}" "${AUTOTOOLS_AFTER[@]}"
}

build_autotools_generate() {
	if [ -f bootstrap ] && [ -x bootstrap ]; then
		./bootstrap
	elif [ -f autogen.sh ] && [ -x autogen.sh ]; then
		NOCONFIGURE=1 ./autogen.sh
	else
		autoreconf -fi
	fi
}

build_autotools_build() {
	ab_array MAKE_AFTER
	BUILD_READY
	ab_make V=1 "${MAKE_AFTER[@]}"
}

build_autotools_install() {
	BUILD_FINAL
	make install DESTDIR="$PKGDIR" V=1 "${MAKE_AFTER[@]}"
}
