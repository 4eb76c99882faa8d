# shellcheck shell=bash

build_rust_probe() {
	[ -f Cargo.toml ]
}

build_rust_configure() {
	ab_array CARGO_AFTER
	BUILD_START
}

build_rust_build() {
	local locked=()
	[ ! -f Cargo.lock ] || locked=(--locked)
	BUILD_READY
	cargo build --release --jobs "$ABTHREADS" "${locked[@]}" "${CARGO_AFTER[@]}"
}

build_rust_install() {
	BUILD_FINAL
	cargo install --path . --offline --no-track --jobs "$ABTHREADS" --root "$PKGDIR$PREFIX" "${CARGO_AFTER[@]}"
}
