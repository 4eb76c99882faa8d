# shellcheck shell=sh
# apt repositories of our own, so that a test says what changes, and sees what is asked.

# digest FILE
digest() {
	sha256sum <"$1" | cut -d ' ' -f 1
}

# deb DIR NAME VERSION SAYS [FIELD]... - a package whose file of the same name says SAYS
deb() {
	deb_dir=$1 deb_name=$2 deb_version=$3 says=$4; shift 4
	rm -rf deb
	mkdir -p deb/DEBIAN "deb/usr/share/$deb_name" "$deb_dir"
	echo "$says" >"deb/usr/share/$deb_name/says"
	printf '%s\n' "Package: $deb_name" "Version: $deb_version" 'Architecture: all' \
	    'Maintainer: T <t@localhost>' 'Description: a test' "$@" >deb/DEBIAN/control
	[ ! -e postinst ] || cp postinst deb/DEBIAN/
	touch -d @1700000000 deb/DEBIAN deb/DEBIAN/control
	dpkg-deb --build --root-owner-group -Znone deb "$deb_dir/${deb_name}_${deb_version}_all.deb" >/dev/null
}

# index DIR [FIELD]... - an apt repository of the packages in it
index() {
	index_dir=$1; shift
	for file in "$index_dir"/*.deb; do
		dpkg-deb -f "$file"
		printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${file##*/}" \
		    "$(stat -c %s "$file")" "$(digest "$file")"
	done >"$index_dir/Packages"
	printf '%s\n' 'Suite: probe' "$@" >"$index_dir/Release"
	printf 'SHA256:\n %s %s Packages\n' \
	    "$(digest "$index_dir/Packages")" "$(stat -c %s "$index_dir/Packages")" >>"$index_dir/Release"
}

# served - a server of this folder: sets url; requests has what it is asked
served() {
	python3 -u -m http.server --bind 127.0.0.1 --directory . 0 >served 2>requests &
	later "kill $!"
	ok 'a repository is there' wait_for 10 grep -qs port served
	url=http://127.0.0.1:$(sed 's/.* port \([0-9]*\).*/\1/' served)
}
