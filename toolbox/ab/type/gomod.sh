# shellcheck shell=bash
# GO_PACKAGES names the packages of the module whose programs are wanted.

build_gomod_probe() {
	[ -f go.mod ]
}

build_gomod_configure() {
	ab_array GO_PACKAGES GO_BUILD_AFTER GO_LDFLAGS
	[ "${#GO_PACKAGES[@]}" -gt 0 ] || GO_PACKAGES=(.)
	BUILD_START
}

# Programs keep their symbols for the package of those.
build_gomod_build() {
	local name packages=()
	for name in "${GO_PACKAGES[@]}"; do
		[ ! -d "$name" ] || name=./$name
		packages+=("$name")
	done
	bool "$ABSPLITDBG" || GO_LDFLAGS+=(-s -w)
	BUILD_READY
	mkdir -p "$BLDDIR/bin"
	GO111MODULE=on go build -p "$ABTHREADS" -o "$BLDDIR/bin/" -ldflags "${GO_LDFLAGS[*]}" \
	    "${GO_BUILD_AFTER[@]}" "${packages[@]}"
}

build_gomod_install() {
	BUILD_FINAL
	install -Dm755 -t "$PKGDIR$BINDIR" "$BLDDIR"/bin/*
}
