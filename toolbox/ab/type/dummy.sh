# shellcheck shell=bash
# Nothing to build: a package of dependencies, or of overrides.

build_dummy_probe() {
	:
}

build_dummy_configure() { :; }
build_dummy_build() { :; }

build_dummy_install() {
	mkdir -p "$PKGDIR"
}
