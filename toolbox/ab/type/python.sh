# shellcheck shell=bash
# By build and installer where they are there, else by the package's setup.py.

build_python_probe() {
	[ -f setup.py ] || [ -f pyproject.toml ]
}

build_python_configure() {
	# Debian's python has a layout of its own for packages.
	export DEB_PYTHON_INSTALL_LAYOUT=deb
	python_wheels=no
	if python3 -c 'import build, installer' 2>/dev/null; then
		python_wheels=yes
	elif [ ! -f setup.py ]; then
		abdie 'a pyproject.toml wants the python modules build and installer: name them in BUILDDEP' 69
	fi
	build_python_shadow
	BUILD_START
}

# setuptools takes every folder beside a package for another package, also the
# autobuild of ours, so that the shadow here is a copy of the rest.
build_python_shadow() {
	ab_shadow
	[ "$BLDDIR" != "$SRCDIR" ] || return 0
	find "$SRCDIR" -mindepth 1 -maxdepth 1 ! -name autobuild ! -path "$BLDDIR" \
	    -exec cp -a -t . {} +
}

build_python_build() {
	BUILD_READY
	if bool "$python_wheels"; then
		python3 -m build --wheel --no-isolation --outdir dist
	else
		python3 setup.py build
	fi
}

# Compiled files would name the time of their making.
build_python_install() {
	BUILD_FINAL
	if bool "$python_wheels"; then
		python3 -m installer --no-compile-bytecode --destdir="$PKGDIR" dist/*.whl
	else
		python3 setup.py install --root="$PKGDIR" --prefix="$PREFIX" --no-compile \
		    --single-version-externally-managed
	fi
}
