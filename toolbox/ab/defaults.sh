# shellcheck shell=bash
# The values that a build starts with: all that defines may set has one, be it empty,
# so that what is misspelt in here is a variable that nobody sets.

# What the package is called comes from build.sh, in the environment.
ab_package() {
	PKGNAME='' PKGVER=${PKGVER-} PKGREL=${PKGREL-} PKGEPOCH=${PKGEPOCH-} VERSTAMP=${VERSTAMP-}
	PKGSEC='' PKGDES='' PKGESS='' MTER=''
	BUILDDEP='' PKGDEP='' PKGPRDEP='' TESTDEP='' PKGRECOM='' PKGSUG=''
	PKGBREAK='' PKGCONFL='' PKGPROV='' PKGREP='' PKGFTR='' DPKGXTRACTRL=''
	FAIL_ARCH='' ALLOW_ARCH='' ABBUILDDEPONLY='' VER_NONE='' VER_NONE_ALL=''
}

# shellcheck disable=SC2034 # some are for hooks and defines alone
ab_paths() {
	PKGDIR=$SRCDIR/abdist BLDDIR=$SRCDIR/abbuild SYMDIR=$SRCDIR/abdist-dbg
	TMPDIR=${TMPDIR:-$SRCDIR}
	PREFIX=/usr BINDIR=/usr/bin LIBDIR=/usr/lib SYSCONF=/etc STATDIR=/var
	LIBEXEC=/usr/libexec INCLUDE=/usr/include DATADIR=/usr/share MANDIR=/usr/share/man
	INFODIR=/usr/share/info DOCDIR=/usr/share/doc LICDIR=/usr/share/doc/licenses
	VAR=/var VARLIB=/var/lib RUNDIR=/run BOOTDIR=/boot USRSRC=/usr/src
	CONFD=/etc/conf.d ETCDEF=/etc/default LDSOCONF=/etc/ld.so.conf.d FCCONF=/etc/fonts
	LOGROT=/etc/logrotate.d CROND=/etc/cron.d SKELDIR=/etc/skel PAMDIR=/etc/pam.d
	X11CONF=/etc/X11/xorg.conf.d PROFILED=/etc/profile.d BINFMTD=/usr/lib/binfmt.d
	SYDDIR=/usr/lib/systemd/system SYDSCR=/usr/lib/systemd/scripts TMPFILE=/usr/lib/tmpfiles.d
	FDOAPP=/usr/share/applications FDOICO=/usr/share/icons FONTDIR=/usr/share/fonts
	JAVAMOD=/usr/share/java JAVAHOME=/usr/lib/java GTKDOC=/usr/share/gtk-doc
	GSCHEMAS=/usr/share/glib-2.0/schemas THEMES=/usr/share/themes LOCALES=/usr/share/locales
	BASHCOMP=/usr/share/bash-completion ZSHCOMP=/usr/share/zsh-completion VIMDIR=/usr/share/vim
	QT4DIR=/usr/lib/qt4 QT5DIR=/usr/lib/qt5 QT4BIN=/usr/lib/qt4/bin QT5BIN=/usr/lib/qt5/bin
}

ab_defaults() {
	ABTHREADS=${ABTHREADS:-${AOINB_JOBS:-$(nproc)}}
	ABTYPE='' ABMK='' NOPARALLEL='' ABSHADOW=yes ABCLEAN=yes ABPATCHLAX=no
	ABSTRIP=yes ABSPLITDBG=yes NOLIBTOOL=yes NOSTATIC=yes ABMANCOMPRESS=yes ABINFOCOMPRESS=yes
	AB_SKIP_MAINTSCRIPTS=() AB_SKIP_ALLMAINTSCRIPTS=no
	PATCHFLAGS=(-Np1 -t) RPATCHFLAGS=(-Rp1 -t)
	ab_default_flags
	ab_default_types
	ab_begin_hooks
}

# What compilers are told.  autobuild4 has LTO for all that does not say NOLTO; here it is
# for who asks for it, by NOLTO=no or USELTO=1, as not every base's tools are up to it.
ab_default_flags() {
	USECLANG=no NOLTO='' USELTO='' FATLTO=no
	AB_FLAGS_ATOMIC=0 AB_FLAGS_O3=0 AB_FLAGS_OS=0 AB_FLAGS_Y2038=0
	AB_FLAGS_SSP=1 AB_FLAGS_SCP=1 AB_FLAGS_RRO=1 AB_FLAGS_NOW=1 AB_FLAGS_FTF=1
	AB_FLAGS_PIC=1 AB_FLAGS_PIE=1 AB_FLAGS_EXC=1 AB_FLAGS_CFP=1
	AB_SAN_ADD=0 AB_SAN_THR=0 AB_SAN_LEK=0
	CPPFLAGS='' CFLAGS='' CXXFLAGS='' LDFLAGS='' RUSTFLAGS=''
	GO_LDFLAGS=() GO_PACKAGES='' GO_BUILD_AFTER=''
	GOFLAGS='-mod=readonly -trimpath -modcacherw -buildmode=pie'
	case $ARCH in loongson* | mips*) GOFLAGS=${GOFLAGS% *} ;; esac
}

# ab_default_types - what back ends are told
ab_default_types() {
	RECONF=auto ABCONFIGHACK=yes ABNOBOOTSTRAP='' ABNOAUTOGEN='' AUTOTOOLS_STRICT=yes
	AUTOTOOLS_DEF=(--prefix="$PREFIX" --sysconfdir="$SYSCONF" --localstatedir="$STATDIR"
	    --libdir="$LIBDIR" --libexecdir="$LIBEXEC" --bindir="$BINDIR" --sbindir="$BINDIR"
	    --mandir="$MANDIR" --infodir="$INFODIR")
	AUTOSETUP_DEF=(--prefix="$PREFIX")
	CMAKE_DEF=(-DCMAKE_INSTALL_PREFIX="$PREFIX" -DCMAKE_BUILD_TYPE=RelWithDebInfo
	    -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_SBINDIR="$BINDIR"
	    -DCMAKE_INSTALL_SYSCONFDIR="$SYSCONF" -DSYSCONF_INSTALL_DIR="$SYSCONF"
	    -DCMAKE_SKIP_INSTALL_RPATH=ON -DCMAKE_VERBOSE_MAKEFILE=ON)
	MESON_DEF=(--prefix="$PREFIX" --sbindir="$BINDIR" --sysconfdir="$SYSCONF"
	    --localstatedir="$STATDIR" --libdir="$LIBDIR" --buildtype=debugoptimized
	    --wrap-mode=nodownload)
	WAF_DEF=(--prefix="$PREFIX" --configdir="$SYSCONF" --libdir="$LIBDIR")
	QTPROJ_DEF=(PREFIX="$PREFIX" LIBDIR="$LIBDIR" "CONFIG+=force_debug_info")
	MAKE_INSTALL_DEF=()
	local name
	for name in PREFIX:"$PREFIX" BINDIR:"$BINDIR" SBINDIR:"$BINDIR" LIBDIR:"$LIBDIR" \
	    INCDIR:"$INCLUDE" MANDIR:"$MANDIR"; do
		MAKE_INSTALL_DEF+=("${name/:/=}")
		name=${name%%:*}
		MAKE_INSTALL_DEF+=("${name,,}=${MAKE_INSTALL_DEF[-1]#*=}")
	done
	AUTOTOOLS_AFTER='' AUTOSETUP_AFTER='' CMAKE_AFTER='' MESON_AFTER='' WAF_AFTER=''
	QTPROJ_AFTER='' MAKE_AFTER='' CARGO_AFTER=''
	ABUSECMAKEBUILD=yes ABSHADOW_CMAKE='' AUTOTOOLS_TARGET='' BUILD_PLAINMAKE_DOTCONFIG=''
	DUNE_PACKAGES='' DUNE_BUILD_AFTER='' DUNE_INSTALL_AFTER=''
	NOPYTHON2=1 NOPYTHON3=0 PYTHON_PREFIX='' NOCARGOAUDIT=no NONPMAUDIT=no
	QT_SELECT=${QT_SELECT-} QTPREFIX=${QTPREFIX-} USEQT4='' USEQT5=''
}

# Functions that defines may replace, called before each part of a back end.
ab_begin_hooks() {
	BUILD_START() { :; }
	BUILD_READY() { :; }
	BUILD_FINAL() { :; }
}
