#!/bin/sh
# What the step deps takes: of a package that wants nothing; of one that wants
# something for the first time, when apt is asked and installs it, and for the
# second; and that again, beside a repository of 5,000 packages.
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/bench/step.sh"
need_root

world_new w
bundle_tiny none
bundle_tiny some
echo 'BUILDDEP="libpng-dev pkg-config libxml2-dev"' >>some/autobuild/defines
aim 'step deps, none'      "$(step_time none deps)" 0.01
aim 'step deps, first'     "$(step_time some deps 1)" 60 'apt, network and all'
aim 'step deps, second'    "$(step_time some deps)" 0.03

i=0
mkdir -p "$work/output/stable"
while [ "$i" -lt 5000 ]; do
	printf 'Package: package%s\nVersion: 1-0\nArchitecture: amd64\nMaintainer: Somebody <somebody@localhost>\n' "$i"
	printf 'Installed-Size: 1234\nSection: libs\nDepends: libc6 (>= 2.36), package%s, package%s\n' $((i / 2)) $((i / 3))
	printf 'Filename: ./package%s_1-0_amd64.deb\nSize: 123456\nSHA256: %064d\nDescription: a package\n\n' "$i" "$i"
	i=$((i + 1))
done >"$work/output/stable/Packages"
aim 'step deps, of 5,000'  "$(step_time some deps)" 0.1
