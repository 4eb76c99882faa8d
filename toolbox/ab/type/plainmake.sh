# shellcheck shell=bash

build_plainmake_probe() {
	[ -f Makefile ] || [ -f makefile ] || [ -f GNUmakefile ]
}

build_plainmake_configure() {
	ab_array MAKE_AFTER MAKE_INSTALL_DEF
	[ "${#MAKE_INSTALL_DEF[@]}" -gt 0 ] || MAKE_INSTALL_DEF=(PREFIX="$PREFIX" DESTDIR="$PKGDIR")
	BUILD_START
}

build_plainmake_build() {
	BUILD_READY
	ab_make "${MAKE_AFTER[@]}"
}

build_plainmake_install() {
	BUILD_FINAL
	make install "${MAKE_INSTALL_DEF[@]}" "${MAKE_AFTER[@]}"
}
