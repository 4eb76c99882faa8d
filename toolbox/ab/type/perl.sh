# shellcheck shell=bash

build_perl_probe() {
	[ -f Makefile.PL ]
}

build_perl_configure() {
	ab_array MAKE_AFTER
	BUILD_START
	PERL_MM_USE_DEFAULT=1 perl Makefile.PL INSTALLDIRS=vendor
}

build_perl_build() {
	BUILD_READY
	ab_make "${MAKE_AFTER[@]}"
}

# What lists or counts the installed files differs from build to build.
build_perl_install() {
	BUILD_FINAL
	make install DESTDIR="$PKGDIR" "${MAKE_AFTER[@]}"
	find "$PKGDIR" -type f \( -name .packlist -o -name perllocal.pod \) -delete
}
