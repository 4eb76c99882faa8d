# shellcheck shell=bash
# The gem PKGNAME-PKGVER.gem, which lies packed where the source does.

build_ruby_probe() {
	false
}

build_ruby_configure() {
	BUILD_START
}

build_ruby_build() {
	local gem=$PKGNAME-$PKGVER.gem
	GEMDIR=$(ruby -e 'puts Gem.default_dir')
	[ -e "$gem" ] || gem=$SRCDIR/../$gem
	[ -e "$gem" ] || abdie "$PKGNAME-$PKGVER.gem: the sources hold no such file" 66
	BUILD_READY
	mkdir -p "$PKGDIR$BINDIR"
	gem install --local --ignore-dependencies --no-user-install -i "$PKGDIR/$GEMDIR" \
	    -n "$PKGDIR$BINDIR" "$gem"
	rm -r "${PKGDIR:?}/$GEMDIR/cache"
}

# What names the time of the build is not kept.
build_ruby_install() {
	find "$PKGDIR/$GEMDIR" \( -name created.rid -o -name gem_make.out -o -name mkmf.log \) -delete
	rmdir --ignore-fail-on-non-empty "$PKGDIR$BINDIR"
	BUILD_FINAL
}
