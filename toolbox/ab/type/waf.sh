# shellcheck shell=bash

build_waf_probe() {
	[ -f waf ]
}

build_waf_configure() {
	ab_array WAF_DEF WAF_AFTER
	BUILD_START
	"$PYTHON" waf configure "${WAF_DEF[@]}" "${WAF_AFTER[@]}"
}

build_waf_build() {
	ab_array MAKE_AFTER ABMK
	BUILD_READY
	"$PYTHON" waf build "${ABMK[@]}" "${MAKE_AFTER[@]}" "-j$ABTHREADS"
}

build_waf_install() {
	BUILD_FINAL
	"$PYTHON" waf install --destdir="$PKGDIR"
}
