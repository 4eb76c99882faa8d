#!/bin/sh
# the cache of what apt downloads: nobody installs what somebody else has forged
. "${0%/*}/lib.sh"
. "$top/tests/world.sh"
. "$top/tests/apt-repo.sh"
need_root
need python3 dpkg-deb

echo '# the cache itself'
mkdir -p w/jobs f/archives
layer() { aoinb-layer -w w "$@"; }
echo a >f/archives/a_1_all.deb
echo b >f/archives/b_1_all.deb
true_a=$(digest f/archives/a_1_all.deb) true_b=$(digest f/archives/b_1_all.deb)
ln f/archives/b_1_all.deb f/archives/c_1_all.deb
ln -s /etc/shadow f/archives/shadow_1_all.deb
mkfifo f/archives/fifo_1_all.deb
mkdir f/archives/folder_1_all.deb
mknod f/archives/node_1_all.deb c 1 3 || echo '# without a device node'
truncate -s 9G f/archives/large_1_all.deb
echo x >f/archives/x.txt
echo n >"f/archives/$(printf 'a\nb').deb"
true_n=$(digest "f/archives/$(printf 'a\nb').deb")
chmod 6777 f/archives/a_1_all.deb; chown 12:34 f/archives/a_1_all.deb
try 0 'what a container left is taken'     timeout 20 aoinb-layer -w w debs-keep f
is 'under its digest, as nobody named it'  "$(cd w/cache/debs && echo *)" \
    "$(printf '%s\n' "$true_a" "$true_b" "$true_n" | LC_ALL=C sort | paste -sd ' ')"
is 'as a file of ours'                     "$(stat -c '%a %u %g' "w/cache/debs/$true_a")" '644 0 0'
ok 'and its folder is gone'                test ! -e f/archives
cat >wanted <<-END
	a_1_all.deb SHA256:$true_a
	z_2%3a1_all.deb SHA256:$true_a
	../escape_1_all.deb SHA256:$true_a
	.hidden.deb SHA256:$true_a
	-o.deb SHA256:$true_a
	other_1_all.deb SHA256:$(echo other | sha256sum | cut -d ' ' -f 1)
	weak_1_all.deb MD5Sum:d41d8cd98f00b204e9800998ecf8427e
	path_1_all.deb SHA256:../../../../etc/shadow
	a_1_all.deb SHA256:$true_a
	- gone
	nothing
END
try 0 'links for what was named'           layer debs-lend f wanted
is 'with its digest, and has a good name'  "$(cd f && find . ! -type d -printf '%p %l\n' | LC_ALL=C sort)" \
    "$(printf '%s\n' './archives/a_1_all.deb /buildroot/debs/a_1_all.deb' \
	'./archives/z_2%3a1_all.deb /buildroot/debs/z_2%3a1_all.deb' './debs/a_1_all.deb ' './debs/z_2%3a1_all.deb ')"
ok 'to the very file'                      test f/debs/a_1_all.deb -ef "w/cache/debs/$true_a"
rm -r f/archives; ln -s /etc f/archives
try 0 'a folder that is a link'            layer debs-lend f wanted
ok 'is made anew'                          test -d f/archives/partial -a ! -L f/archives
ok 'and nothing beyond it is touched'      test ! -e /etc/partial
rm -r f/archives; ln -s /etc f/archives
try 66 'nor are files taken from there'    layer debs-keep f
rm f/archives
ln -s /etc/hostname link
try 65 'a list that is a link'             layer debs-lend f link
mkfifo fifo
try 65 'or a FIFO'                         timeout 10 aoinb-layer -w w debs-lend f fifo
try 0 'there may be none'                  layer debs-lend f none
is 'for which nothing is lent'             "$(find f -name '*.deb')" ''
echo old >w/cache/debs/victim_1_all.deb
echo torn >w/cache/debs/new.1999999999.1
echo torn >"w/cache/debs/new.$$.1"
head -c 300K /dev/urandom >f/archives/n_1_all.deb
n=$(digest f/archives/n_1_all.deb)
touch -d '2 days ago' "w/cache/debs/$true_a"
try 0 'past the limit'                     layer debs-keep --debs-max-size=310 f
is 'goes what was used longest ago, and what the last version had' \
    "$(cd w/cache/debs && echo *)" "$(printf '%s\n' "$n" "$true_b" "$true_n" "new.$$.1" | LC_ALL=C sort | paste -sd ' ')"

echo '# two mirrors, and bundles that forge'
deb repo victim 1 true
deb repo spare 1 spare
deb other victim 1 evil
ok 'what is forged has the same size'      test "$(stat -c %s repo/victim_1_all.deb)" = "$(stat -c %s other/victim_1_all.deb)"
true=$(digest repo/victim_1_all.deb) evil=$(digest other/victim_1_all.deb)
index repo; index other
served
world_new w2
echo "deb [trusted=yes] $url/repo ./" >"$conf/source_lists/good.list"
echo "deb [trusted=yes] $url/repo ./" >"$conf/source_lists/twin.list"
echo "deb [trusted=yes] $url/other ./" >"$conf/source_lists/evil.list"

# bundle DIR [LINE]... <BUILD - one that makes the package DIR
bundle() {
	bundle_tiny "$1"
	cat - "$1/autobuild/build" >"$1/build"
	mv "$1/build" "$1/autobuild/build"
	sed -i "s/tiny/$1/" "$1/autobuild/build"
	name=$1; shift
	[ $# -eq 0 ] || printf '%s\n' "$@" >>"$name/autobuild/defines"
}

# said BRANCH - what the victim says that is installed there
said() {
	sed -n 's/^victim says: //p' "$(find "$work/jobs" -maxdepth 1 -name "*-wants-$1*" | sort | tail -n 1)/log"
}

for name in good twin evil; do
	bundle "wants-$name" 'BUILDDEP=victim' <<-'END'
		echo "victim says: $(</usr/share/victim/says)"
		find /buildroot/debs /var/cache/apt/archives ! -type d | sed 's/^/sees: /'
	END
done
# What lies in the archives of a build, and what its tools say of it, is the bundle's.
bundle forger <<'END'
mkdir -p "$PKGDIR/usr/lib/forger"
cp autobuild/victim_1_all.deb "$PKGDIR/usr/lib/forger/"
END
cp other/victim_1_all.deb forger/autobuild/
cat >forger/autobuild/postinst <<-END
	#!/bin/sh
	cp /usr/lib/forger/victim_1_all.deb /var/cache/apt/archives/
	rm -f /usr/bin/sha256sum
	cat >/usr/bin/sha256sum <<-'LIAR'
		#!/bin/sh
		for file; do [ "\$file" = -- ] || echo "$true  \$file"; done
	LIAR
	chmod 755 /usr/bin/sha256sum
END
bundle second 'BUILDDEP=forger' <<'END'
cp /usr/lib/forger/victim_1_all.deb /var/cache/apt/archives/
END
try 0 'a bundle forges'                    aoinb -c "$conf" build forger good
try 0 'another one helps it'               aoinb -c "$conf" build second good
try 0 'a later build wants the package'    aoinb -c "$conf" build wants-good good
is 'and has the true one'                  "$(said good)" true
is 'the cache has that by its digest'      "$(digest "$work/cache/debs/$true")" "$true"
is 'and nothing by a name'                 "$(find "$work/cache/debs" -type f | grep -v '/[0-9a-f]\{64\}$')" ''
is 'the build has had nothing of it'       "$(grep '^sees: ' "$(find "$work/jobs" -maxdepth 1 -name '*-wants-good*')/log")" ''
n=$(grep -c victim_1 requests)
try 0 'another branch with that mirror'    aoinb -c "$conf" build wants-twin twin
is 'has it as well, without a download'    "$(said twin) $(grep -c victim_1 requests)" "true $n"
try 0 'a mirror calls its own likewise'    aoinb -c "$conf" build wants-evil evil
is 'which its branch installs'             "$(said evil)" evil
aoinb -c "$conf" cleanup twin; rm -rf "$work/cache/deps"
try 0 'but'                                aoinb -c "$conf" build --rebuild wants-twin twin
is 'no other'                              "$(said twin) $(grep -c repo/./victim_1 requests)" "true $n"
is 'both are there, as what they are'      "$(find "$work/cache/debs" -name "$true" -o -name "$evil" | wc -l)" 2

echo '# a session'
try 0 'may do with its archives what it likes' aoinb -c "$conf" run good -- sh -c 'cd /var/cache/apt/archives
	apt-get -qy install spare && ls && echo forged >spare_1_all.deb && echo other >other_1_all.deb'
is 'and nobody gets that'                  "$(find "$work/cache/debs" -type f | wc -l)" 2
bundle wants-spare 'BUILDDEP=spare' <<'END'
echo "spare says: $(</usr/share/spare/says)"
END
try 0 'as is seen'                         aoinb -c "$conf" build wants-spare good
ok 'by who wants it'                       grep -qx 'spare says: spare' "$(find "$work/jobs" -maxdepth 1 -name '*-wants-spare*')/log"
nothing_left

finish
