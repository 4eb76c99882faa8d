# shellcheck shell=bash

build_autosetup_probe() {
	[ -e autosetup/autosetup ] && [ -e auto.def ] && [ -e configure ]
}

build_autosetup_configure() {
	ab_shadow
	ab_array AUTOSETUP_DEF AUTOSETUP_AFTER AUTOTOOLS_TARGET
	[ "${#AUTOTOOLS_TARGET[@]}" -gt 0 ] || AUTOTOOLS_TARGET=(--build="$HOST")
	BUILD_START
	"$SRCDIR/configure" "${AUTOTOOLS_TARGET[@]}" "${AUTOSETUP_DEF[@]}" "${AUTOSETUP_AFTER[@]}"
}

build_autosetup_build() {
	BUILD_READY
	ab_make
}

build_autosetup_install() {
	BUILD_FINAL
	make install DESTDIR="$PKGDIR"
	cd "$SRCDIR"
}
