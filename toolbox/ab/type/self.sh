# shellcheck shell=bash
# The package says itself how it is built, in autobuild/build.

build_self_probe() {
	ab_find build >/dev/null
}

build_self_configure() { :; }

build_self_build() {
	BUILD_START
	ab_hook build
}

build_self_install() {
	[ -d "$PKGDIR" ] || abdie "autobuild/build put nothing in $PKGDIR"
}
