# shellcheck shell=bash

build_plainmake_probe() {
	[ -f Makefile ] || [ -f makefile ] || [ -f GNUmakefile ]
}

build_plainmake_configure() {
	ab_array MAKE_AFTER MAKE_INSTALL_DEF ABMK
	BUILD_START
	[ -z "$BUILD_PLAINMAKE_DOTCONFIG" ] || cp "$BUILD_PLAINMAKE_DOTCONFIG" .config
}

build_plainmake_build() {
	BUILD_READY
	ab_make V=1 VERBOSE=1 "${ABMK[@]}" "${MAKE_AFTER[@]}"
}

build_plainmake_install() {
	BUILD_FINAL
	make install V=1 VERBOSE=1 BUILDROOT="$PKGDIR" DESTDIR="$PKGDIR" \
	    "${MAKE_INSTALL_DEF[@]}" "${MAKE_AFTER[@]}"
}
