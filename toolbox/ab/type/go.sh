# shellcheck shell=bash
# GO_PACKAGES names the packages of the module whose programs are wanted.

build_go_probe() {
	[ -f go.mod ]
}

build_go_configure() {
	ab_array GO_PACKAGES GO_BUILD_AFTER
	[ "${#GO_PACKAGES[@]}" -gt 0 ] || GO_PACKAGES=(.)
	BUILD_START
}

build_go_build() {
	BUILD_READY
	mkdir -p "$BLDDIR"
	GOFLAGS='-mod=readonly -trimpath -modcacherw' \
	    go build -p "$ABTHREADS" -o "$BLDDIR/" "${GO_BUILD_AFTER[@]}" "${GO_PACKAGES[@]}"
}

build_go_install() {
	BUILD_FINAL
	install -Dm755 -t "$PKGDIR$BINDIR" "$BLDDIR"/*
}
