# shellcheck shell=bash

build_cmake_probe() {
	[ -f CMakeLists.txt ]
}

build_cmake_configure() {
	local generator='Unix Makefiles'
	! command -v ninja >/dev/null || generator=Ninja
	ab_shadow
	ab_array CMAKE_DEF CMAKE_AFTER
	BUILD_START
	cmake -G "$generator" "${CMAKE_DEF[@]}" "${CMAKE_AFTER[@]}" "$SRCDIR"
}

build_cmake_build() {
	BUILD_READY
	cmake --build . --parallel "$ABTHREADS"
}

build_cmake_install() {
	BUILD_FINAL
	DESTDIR=$PKGDIR cmake --install .
}
