# shellcheck shell=bash

build_perl_probe() {
	[ -e Makefile.PL ] || [ -e Build.PL ]
}

build_perl_configure() {
	local program=Makefile.PL
	[ -e "$program" ] || program=Build.PL
	ab_array MAKE_AFTER
	BUILD_START
	PERL_MM_USE_DEFAULT=1 perl -I"$SRCDIR" "$program" INSTALLDIRS=vendor
}

build_perl_build() {
	BUILD_READY
	if [ -e Makefile ]; then
		ab_make V=1 VERBOSE=1 "${MAKE_AFTER[@]}"
	else
		perl Build
	fi
}

build_perl_install() {
	BUILD_FINAL
	if [ -e Makefile ]; then
		make install V=1 VERBOSE=1 DESTDIR="$PKGDIR" "${MAKE_AFTER[@]}"
	else
		perl Build install --destdir="$PKGDIR"
	fi
}
