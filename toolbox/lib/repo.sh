# shellcheck shell=bash
# The packages of the branch, which the host shows at /buildroot/repo, read-only:
# a source for apt that goes before all others.

repo=${AOINB_BUILDROOT:-/buildroot}/repo
repo_list=/etc/apt/sources.list
repo_pin=/etc/apt/preferences.d/aoinb.pref
# It comes from a folder of ours: a signature or a date could add nothing.
repo_line="deb [trusted=yes check-valid-until=no check-date=no] file:$repo ./ # aoinb"

# repo_use - tells apt of what lies in /buildroot/repo, or to forget it when there
# is nothing.  The lists of other sources stay as they are.
repo_use() {
	local said alone=/etc/apt/aoinb.list
	if [ ! -e "$repo/Release" ]; then
		[ ! -e "$repo_pin" ] || repo_forget
		return 0
	fi
	! repo_known || return 0
	# First of all sources: of two files that apt takes for one and the same version,
	# since they are described alike, it gets the one whose source it read first.
	repo_forget
	mkdir -p "${repo_pin%/*}"
	{
		printf '%s\n' "$repo_line"
		cat "$repo_list" 2>/dev/null || :
	} >"$repo_list.new"
	mv "$repo_list.new" "$repo_list"
	repo_pins >"$repo_pin"
	printf '%s\n' "$repo_line" >"$alone"
	# apt warns of a signature even where it does not count.
	said=$(apt-get -q update -o Dir::Etc::sourcelist="$alone" -o Dir::Etc::sourceparts=- \
	    -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any 2>&1 </dev/null) || {
		warn "$repo: apt cannot use it:"$'\n'"$said"
		return 69
	}
	rm -f "$alone"
}

# repo_pins - above the mirrors (500) and a default release (990) whatever the versions are;
# below 1000, so that nothing installed is replaced by something older.  For the names that
# lie there alone, and by a place that no mirror can have: a mirror can say of itself, in
# its Release, that it is what it likes.
repo_pins() {
	local names
	names=$(sed -n 's/^Package: //p' "$repo/Packages" | sort -u | tr '\n' ' ')
	[ -n "$names" ] || return 0
	printf 'Explanation: aoinb: what was built for the branch\nPackage: %s\nPin: origin ""\nPin-Priority: 995\n' "${names% }"
}

# repo_known - whether the lists of apt are of what lies there now
repo_known() {
	local lists=/var/lib/apt/lists/${repo//\//_}_. first
	[ -e "$repo_pin" ] && read -r first <"$repo_list" && [ "$first" = "$repo_line" ] || return 1
	cmp -s "$repo/Release" "${lists}_Release" ||
		cmp -s "$repo/InRelease" "${lists}_Release" ||
		cmp -s "$repo/InRelease" "${lists}_InRelease"
}

# repo_forget - nothing of it is left
repo_forget() {
	rm -f "$repo_pin" "/var/lib/apt/lists/${repo//\//_}_."*
	[ ! -e "$repo_list" ] || sed -i '/^deb .* # aoinb$/d' "$repo_list"
}
