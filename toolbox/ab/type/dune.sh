# shellcheck shell=bash
# DUNE_PACKAGES names the packages of the project that are wanted.

build_dune_probe() {
	[ -f dune-project ]
}

# Where OCaml makes no machine code, its programs are broken by strip.
build_dune_configure() {
	ab_array DUNE_PACKAGES DUNE_BUILD_AFTER DUNE_INSTALL_AFTER
	BUILD_START
	case $ARCH in
	amd64 | arm64 | ppc64el) ;;
	*)
		abinfo "OCaml makes no machine code for $ARCH: nothing is stripped"
		ABSTRIP=no ABSPLITDBG=no ;;
	esac
}

build_dune_build() {
	local only=()
	[ "${#DUNE_PACKAGES[@]}" -eq 0 ] || only=(-p "$(IFS=,; echo "${DUNE_PACKAGES[*]}")")
	BUILD_READY
	dune build -j "$ABTHREADS" "${only[@]}" "${DUNE_BUILD_AFTER[@]}"
}

build_dune_install() {
	local name lib
	lib=$PKGDIR/$(ocamlfind printconf destdir)
	mkdir -p "$lib"
	BUILD_FINAL
	dune install "${DUNE_PACKAGES[@]}" --prefix "$PKGDIR/usr" --libdir "$lib" "${DUNE_INSTALL_AFTER[@]}"
	for name in doc man; do
		[ -d "$PKGDIR/usr/$name" ] || continue
		mkdir -p "$PKGDIR/usr/share"
		mv "$PKGDIR/usr/$name" "$PKGDIR/usr/share/"
	done
}
