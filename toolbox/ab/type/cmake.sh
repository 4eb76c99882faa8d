# shellcheck shell=bash
# By CMake and make.

build_cmake_probe() {
	[ -f CMakeLists.txt ]
}

build_cmake_configure() {
	build_cmake_generate 'Unix Makefiles'
}

# build_cmake_generate GENERATOR - CMake does not look at CPPFLAGS
build_cmake_generate() {
	ABSHADOW=${ABSHADOW_CMAKE:-$ABSHADOW}
	ab_shadow
	ab_array CMAKE_DEF CMAKE_AFTER
	BUILD_START
	export CFLAGS="$CPPFLAGS $CFLAGS" CXXFLAGS="$CPPFLAGS $CXXFLAGS"
	cmake -G "$1" "${CMAKE_DEF[@]}" "${CMAKE_AFTER[@]}" "$SRCDIR"
}

build_cmake_build() {
	ab_array MAKE_AFTER ABMK
	BUILD_READY
	ab_make "${ABMK[@]}" "${MAKE_AFTER[@]}"
}

build_cmake_install() {
	ab_array MAKE_AFTER ABMK
	BUILD_FINAL
	if bool "$ABUSECMAKEBUILD"; then
		DESTDIR=$PKGDIR cmake --install .
	else
		make install DESTDIR="$PKGDIR" "${ABMK[@]}" "${MAKE_AFTER[@]}"
	fi
	cd "$SRCDIR"
}
