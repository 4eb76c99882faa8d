# shellcheck shell=bash
# The programs of a package, or of all packages of a workspace, and shared libraries.

build_rust_probe() {
	[ -f Cargo.toml ]
}

# Known holes in what a package is made of, where the base has the tool and a network.
build_rust_audit() {
	bool "$NOCARGOAUDIT" && return
	if ! command -v cargo-audit >/dev/null || [ "${AOINB_NETWORK-yes}" = no ]; then
		abwarn 'cargo audit cannot run here: what the package is made of is not looked at'
	elif ! cargo audit; then
		cargo audit fix
	fi
}

build_rust_configure() {
	ab_array CARGO_AFTER
	export PKG_CONFIG_SYSROOT_DIR=/
	build_rust_audit
	build_rust_config=(--config 'profile.release.lto = true' --config 'profile.release.strip = false'
	    --config 'profile.release.incremental = false' --config 'profile.release.codegen-units = 1')
	bool "$ABSPLITDBG" || build_rust_config+=(--config 'profile.release.debug = 0')
	BUILD_START
}

build_rust_build() {
	local locked=() all=(--workspace) word
	[ ! -f Cargo.lock ] || locked=(--locked)
	for word in "${CARGO_AFTER[@]}"; do
		[[ $word != @(-p*|--package*) ]] || all=()
	done
	BUILD_READY
	if build_rust_program; then
		cargo install --path . -f --no-track --jobs "$ABTHREADS" "${locked[@]}" \
		    "${build_rust_config[@]}" --target-dir "$SRCDIR/target" --root "$PKGDIR$PREFIX" "${CARGO_AFTER[@]}"
		return
	fi
	cargo build --release --jobs "$ABTHREADS" "${locked[@]}" "${build_rust_config[@]}" \
	    "${all[@]}" "${CARGO_AFTER[@]}"
	mkdir -p "$PKGDIR$BINDIR"
	find target/release -maxdepth 1 -type f -executable ! -name '*.so' \
	    -exec install -m 755 -t "$PKGDIR$BINDIR" {} +
}

# build_rust_program - the first of the package's targets is a program; a workspace alone
# is no package
build_rust_program() {
	[[ $(cargo read-manifest 2>/dev/null || :) == *'"targets":[{"kind":["bin"]'* ]]
}

# A shared library that extends the compiler is of no use to anybody else.
build_rust_install() {
	local lib
	for lib in target/release/*.so*; do
		readelf -W --dyn-syms "$lib" | grep -q '__rustc_proc_macro_decls_' ||
		    install -Dm755 -t "$PKGDIR$LIBDIR" "$lib"
	done
	BUILD_FINAL
}
