# shellcheck shell=bash
# The values that a build starts with: all that defines may set has one, be it empty,
# so that what is misspelt in here is a variable that nobody sets.

# What the package is called comes from build.sh, in the environment.
ab_package() {
	PKGNAME='' PKGVER=${PKGVER-} PKGREL=${PKGREL-} PKGEPOCH=${PKGEPOCH-}
	PKGSEC='' PKGDES='' PKGESS='' MTER=''
	BUILDDEP='' PKGDEP='' PKGRECOM='' PKGSUG=''
	PKGBREAK='' PKGCONFL='' PKGPROV='' PKGREP=''
	FAIL_ARCH='' ABBUILDDEPONLY=''
}

# shellcheck disable=SC2034 # some are for hooks and defines alone
ab_paths() {
	PKGDIR=$SRCDIR/abdist BLDDIR=$SRCDIR/abbuild
	PREFIX=/usr BINDIR=/usr/bin LIBDIR=/usr/lib SYSCONF=/etc VAR=/var
	LIBEXEC=/usr/lib INCLUDE=/usr/include DATADIR=/usr/share MANDIR=/usr/share/man
	INFODIR=/usr/share/info
}

ab_defaults() {
	ABTHREADS=${ABTHREADS:-${AOINB_JOBS:-$(nproc)}}
	ABSHADOW=yes ABSTRIP=yes NOLIBTOOL=yes RECONF=no ABTYPE=''
	CPPFLAGS='-D_FORTIFY_SOURCE=2'
	CFLAGS='-O2 -pipe -fstack-protector-strong -fstack-clash-protection'
	CXXFLAGS=$CFLAGS
	LDFLAGS='-Wl,-z,relro -Wl,-z,now'
	AUTOTOOLS_DEF=(--prefix="$PREFIX" --sysconfdir="$SYSCONF" --localstatedir="$VAR"
	    --libdir="$LIBDIR" --libexecdir="$LIBEXEC" --bindir="$BINDIR" --sbindir="$BINDIR"
	    --mandir="$MANDIR" --infodir="$INFODIR")
	CMAKE_DEF=(-DCMAKE_INSTALL_PREFIX="$PREFIX" -DCMAKE_BUILD_TYPE=None
	    -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_SYSCONFDIR="$SYSCONF"
	    -DCMAKE_SKIP_INSTALL_RPATH=ON -DCMAKE_VERBOSE_MAKEFILE=ON)
	MESON_DEF=(--prefix="$PREFIX" --sysconfdir="$SYSCONF" --localstatedir="$VAR"
	    --libdir="$LIBDIR" --buildtype=plain --wrap-mode=nodownload)
	AUTOTOOLS_AFTER='' CMAKE_AFTER='' MESON_AFTER='' MAKE_AFTER='' MAKE_INSTALL_DEF=''
	CARGO_AFTER='' GO_BUILD_AFTER='' GO_PACKAGES=''
	ab_begin_hooks
}

# Functions that defines may replace, called before each part of a back end.
ab_begin_hooks() {
	BUILD_START() { :; }
	BUILD_READY() { :; }
	BUILD_FINAL() { :; }
}
