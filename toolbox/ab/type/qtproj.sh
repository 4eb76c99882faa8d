# shellcheck shell=bash
# By qmake: that of QTPREFIX, or of the Qt that QT_SELECT names.

build_qtproj_probe() {
	local found=(*.pro)
	[ "${#found[@]}" -gt 0 ]
}

# build_qtproj_qmake - the path of qmake, as AOSC and as Debian place it
build_qtproj_qmake() {
	local of=$QT_SELECT path
	[ -n "$of" ] || ! bool "$USEQT5" || of=5
	[ -n "$of" ] || ! bool "$USEQT4" || of=4
	for path in ${QTPREFIX:+"$QTPREFIX/bin/qmake"} "/usr/lib/qt$of/bin/qmake" "/usr/bin/qmake$of" \
	    "/usr/bin/qmake-qt$of" /usr/bin/qmake /usr/lib/qt5/bin/qmake /usr/lib/qt6/bin/qmake; do
		[ -x "$path" ] && printf '%s\n' "$path" && return
	done
	abdie "qmake${of:+ of Qt $of} is not installed: name it in BUILDDEP" 69
}

build_qtproj_configure() {
	local qmake kind flags=(QMAKE_STRIP=:)
	qmake=$(build_qtproj_qmake)
	ab_array QTPROJ_DEF QTPROJ_AFTER
	export QT_SELECT=${QT_SELECT:-default}
	for kind in RELEASE DEBUG RELEASE_WITH_DEBUGINFO; do
		flags+=("QMAKE_CFLAGS_$kind=$CPPFLAGS $CFLAGS" "QMAKE_CXXFLAGS_$kind=$CPPFLAGS $CXXFLAGS"
		    "QMAKE_LFLAGS_$kind=$LDFLAGS")
	done
	BUILD_START
	"$qmake" "${flags[@]}" "${QTPROJ_DEF[@]}" "${QTPROJ_AFTER[@]}"
}

build_qtproj_build() {
	ab_array MAKE_AFTER ABMK
	BUILD_READY
	ab_make V=1 VERBOSE=1 "${ABMK[@]}" "${MAKE_AFTER[@]}"
}

build_qtproj_install() {
	BUILD_FINAL
	make install V=1 VERBOSE=1 INSTALL_ROOT="$PKGDIR"
}
