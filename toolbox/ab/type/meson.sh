# shellcheck shell=bash

build_meson_probe() {
	[ -f meson.build ]
}

build_meson_configure() {
	local again=()
	ab_array MESON_DEF MESON_AFTER
	[ ! -e "$BLDDIR/meson-private" ] || again=(--reconfigure)
	BUILD_START
	meson setup "${again[@]}" "${MESON_DEF[@]}" "${MESON_AFTER[@]}" "$BLDDIR" "$SRCDIR"
}

# Hooks that run in here find themselves in the folder of the build, as with autobuild4.
build_meson_build() {
	BUILD_READY
	cd "$BLDDIR"
	meson compile -j "$ABTHREADS" --verbose
}

build_meson_install() {
	BUILD_FINAL
	DESTDIR=$PKGDIR meson install --no-rebuild
	cd "$SRCDIR"
}
