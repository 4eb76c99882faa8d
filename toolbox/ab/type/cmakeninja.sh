# shellcheck shell=bash
# By CMake and ninja; by make where the base has no ninja, which AOSC's has always.

build_cmakeninja_probe() {
	[ -f CMakeLists.txt ] && command -v ninja >/dev/null
}

build_cmakeninja_configure() {
	if command -v ninja >/dev/null; then
		build_cmake_generate Ninja
	else
		abinfo 'there is no ninja: make does it'
		build_cmake_configure
	fi
}

build_cmakeninja_build() {
	BUILD_READY
	! bool "$ABUSECMAKEBUILD" || cmake --build . --parallel "$ABTHREADS"
}

build_cmakeninja_install() {
	ab_array MAKE_AFTER ABMK
	if bool "$ABUSECMAKEBUILD"; then
		BUILD_FINAL
		DESTDIR=$PKGDIR cmake --install .
	else
		DESTDIR=$PKGDIR cmake --build . --parallel "$ABTHREADS" --target install -- \
		    "${ABMK[@]}" "${MAKE_AFTER[@]}"
	fi
	cd "$SRCDIR"
}
