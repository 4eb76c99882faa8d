# shellcheck shell=bash
# The archive that the registry has, as the source is called.

build_npm_probe() {
	[ -f package.json ]
}

build_npm_audit() {
	bool "$NONPMAUDIT" && return
	if [ "${AOINB_NETWORK-yes}" = no ]; then
		abwarn 'npm audit cannot run here: what the package is made of is not looked at'
	elif [ -f yarn.lock ]; then
		yarn audit
	elif [ -f package-lock.json ]; then
		npm audit
	else
		abdie 'npm audit: there is no yarn.lock or package-lock.json; NONPMAUDIT=yes goes without' 65
	fi
}

build_npm_configure() {
	build_npm_audit
	BUILD_START
}

build_npm_build() {
	local found=("$SRCDIR/../$PKGNAME-$PKGVER".*)
	BUILD_READY
	[ "${#found[@]}" -gt 0 ] || abdie "$PKGNAME-$PKGVER.tgz: the sources hold no such archive" 66
	ln -sf "${found[0]}" "$PKGNAME-$PKGVER.tgz"
}

build_npm_install() {
	BUILD_FINAL
	npm install --omit=dev -g --prefix "$PKGDIR/usr" "$PKGNAME-$PKGVER.tgz"
}
