# shellcheck shell=bash
# By build and installer where they are there, else by the package's setup.py.

build_python_probe() {
	[ -f setup.py ]
}

build_python_configure() {
	# Debian's python has a layout of its own for packages.
	export DEB_PYTHON_INSTALL_LAYOUT=deb
	build_python_versions
	python_wheels=no
	if python3 -c 'import build, installer' 2>/dev/null; then
		python_wheels=yes
	fi
	build_python_shadow
	BUILD_START
}

# build_python_versions - which pythons are wanted; a missing one is not passed over
build_python_versions() {
	local of
	python_of=()
	bool "$NOPYTHON2" || python_of+=(python2)
	bool "$NOPYTHON3" || python_of+=(python3)
	[ "${#python_of[@]}" -gt 0 ] || abdie 'NOPYTHON2 and NOPYTHON3: one python has to be left' 65
	for of in "${python_of[@]}"; do
		command -v "$of" >/dev/null ||
		    abdie "$of is not installed; NO${of^^}=1 goes without it" 69
	done
}

# setuptools takes every folder beside a package for another package, also the
# autobuild of ours, so that the shadow here is a copy of the rest.
build_python_shadow() {
	ab_shadow
	[ "$BLDDIR" != "$SRCDIR" ] || return 0
	find "$SRCDIR" -mindepth 1 -maxdepth 1 ! -name autobuild ! -name abwheel ! -path "$BLDDIR" \
	    ! -path "$PKGDIR" ! -path "$SYMDIR" -exec cp -a -t . {} +
}

# Makes and installs it, once for each python; hooks call this alone.
build_python_build() {
	local python
	[ "${#python_of[@]}" -gt 0 ] || build_python_configure
	for python in "${python_of[@]}"; do
		BUILD_READY
		if [ "$python" = python3 ] && bool "$python_wheels"; then
			build_python_wheel
			BUILD_FINAL
			build_python_unpack
		else
			"$python" setup.py build
			BUILD_FINAL
			"$python" setup.py install --root="$PKGDIR" --prefix="${PYTHON_PREFIX:-$PREFIX}" \
			    --no-compile --single-version-externally-managed
		fi
	done
}

build_python_wheel() {
	rm -rf "$SRCDIR/abwheel"
	python3 -m build --wheel --no-isolation --outdir "$SRCDIR/abwheel"
}

# Compiled files would name the time of their making.
build_python_unpack() {
	python3 -m installer --no-compile-bytecode ${PYTHON_PREFIX:+--prefix="$PYTHON_PREFIX"} \
	    --destdir="$PKGDIR" "$SRCDIR"/abwheel/*.whl
}

build_python_install() { :; }
