# shellcheck shell=bash
# A wheel, by the modules build and installer.

build_pep517_probe() {
	[ -f pyproject.toml ]
}

build_pep517_configure() {
	! bool "$NOPYTHON3" || abdie 'NOPYTHON3: a pyproject.toml is for python 3' 65
	NOPYTHON2=1
	build_python_configure
	bool "$python_wheels" ||
	    abdie 'a pyproject.toml wants the python modules build and installer: name them in BUILDDEP' 69
}

build_pep517_build() {
	BUILD_READY
	build_python_wheel
}

build_pep517_install() {
	build_python_unpack
	BUILD_FINAL
}
