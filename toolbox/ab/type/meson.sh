# shellcheck shell=bash

build_meson_probe() {
	[ -f meson.build ]
}

build_meson_configure() {
	ab_array MESON_DEF MESON_AFTER
	BUILD_START
	meson setup "${MESON_DEF[@]}" "${MESON_AFTER[@]}" "$BLDDIR" "$SRCDIR"
}

build_meson_build() {
	BUILD_READY
	meson compile -C "$BLDDIR" -j "$ABTHREADS" --verbose
}

build_meson_install() {
	BUILD_FINAL
	DESTDIR=$PKGDIR meson install -C "$BLDDIR" --no-rebuild
}
