#!/bin/sh
# why a build failed: the line that a person would point at, in logs that real programs
# write when they fail; and logs that nobody should have written
# shellcheck disable=SC2016 # scripts for other shells
. "${0%/*}/lib.sh"
# Of the make that runs the tests: its -s would hide what is run.
unset MAKEFLAGS MFLAGS MAKELEVEL
need jq python3 prlimit

why() {
	aoinb-job why "$@"
}

# before - what stands in every log above the failure, and is none
before() {
	cat <<'END'
checking for gcc... gcc
checking for error.h... no
checking whether the compiler failed... no
cat: /etc/no-such-release: No such file or directory
libtool: warning: relinking failed: cannot find the directory, ignored
test.c:3:5: warning: unused variable 'error' [-Wunused-variable]
XFAIL: known-to-fail.sh
END
	seq -f 'gcc -c -O2 file%g.c' 100
}

# points TOOL PATTERN TEXT - the script on stdin, in an empty folder, must fail, and the first
# line that is found match PATTERN: run by sh, and by make.  It must be that line of the log.
points() {
	tool=$1 pattern=$2 text=$3
	cat >script
	if ! command -v "$tool" >/dev/null; then
		skip 2 "no $tool"
		return 0
	fi
	points_by 'sh -e ../script' "$text"
	printf 'all:\n\t@sh -e ../script\n' >by.mk
	points_by 'make -f ../by.mk' "$text, by make"
}

points_by() {
	rm -rf room
	mkdir room
	before >log
	code=0
	(cd room && PATH="$PATH:/usr/sbin" $1) >>log 2>&1 </dev/null || code=$?
	why --json log >found 2>err
	line=$(jq -r '.[0].line // 1' found)
	jq -r '.[0].text // ""' found >first
	sed -n "${line}s/$(printf '\033')\[[0-9;]*[mK]//gp; ${line}p" log >there
	[ "$code" -ne 0 ] && grep -q -e "$pattern" first && grep -qF -e "$(sed 's/\.\.\.$//; s/?.*//; s/^ *//; s/	.*//' first | cut -c 1-200)" there
	report $? "$2"
	if [ "$(tail -c 20 found | wc -c)" -eq 0 ] || ! grep -q -e "$pattern" first || [ "$code" -eq 0 ]; then
		echo "# exit $code, wanted: $pattern"
		jq -r '.[] | "\(.line) \(.kind) \(.text)"' found | sed 's/^/# found: /'
		tail -n +108 log | head -n 25 | sed 's/^/# log: /'
	fi
}

echo '# compilers and linkers'
points gcc "a.c:1:.*error: .*undeclared" 'gcc: undeclared' <<'END'
echo 'int main(void) { return x; }' >a.c
gcc -c a.c
END
points gcc 'fatal error: nothing.h: No such file' 'gcc: header' <<'END'
printf '#include <stdio.h>\n#include <nothing.h>\nint x;\n' >a.c
gcc -c a.c
END
points gcc 'a.c:1:.*error: .*colour' 'gcc in colours' <<'END'
echo 'int main(void) { return colour; }' >a.c
gcc -fdiagnostics-color=always -c a.c
END
points gcc 'a.c:2:.*error: .*expected' 'gcc: syntax, the first of many' <<'END'
printf 'int x;\nint main(void) { return 0 \nint y = ;\nz z z;\n' >a.c
gcc -c a.c
END
points gcc 'error: unused variable' 'gcc -Werror' <<'END'
echo 'int main(void) { int x; return 0; }' >a.c
gcc -Wall -Werror -c a.c
END
points gcc 'unrecognized command-line option' 'gcc: option' <<'END'
echo 'int x;' >a.c
gcc -fno-such-option -c a.c
END
points gcc "gone.c: No such file" 'gcc: no input' <<'END'
gcc -c gone.c
END
points gcc 'error: #error out of luck' 'gcc: #error' <<'END'
echo '#error out of luck' >a.c
gcc -c a.c
END
points gcc "undefined reference to .nowhere'" 'ld: undefined' <<'END'
echo 'void nowhere(void); int main(void) { nowhere(); }' >a.c
gcc a.c
END
points gcc "multiple definition of .twice'" 'ld: twice' <<'END'
echo 'int twice = 1; int main(void) { return 0; }' >a.c
echo 'int twice = 2;' >b.c
gcc a.c b.c
END
points gcc 'cannot find -lnowhere' 'ld: library' <<'END'
echo 'int main(void) { return 0; }' >a.c
gcc a.c -lnowhere
END
points gcc 'recompile with -fP' 'ld: not position-independent' <<'END'
echo 'extern int x; int y[4]; int f(void) { return y[1]; }' >a.c
gcc -fno-pic -c a.c
gcc -shared -o a.so a.o
END
points gcc 'file.*not recognized' 'ld: no object' <<'END'
echo nonsense >a.o
gcc a.o
END
points g++ 'error: no match for .operator<' 'g++: a template' <<'END'
printf '#include <vector>\n#include <algorithm>\nstruct s {};\nint main() { std::vector<s> v; std::sort(v.begin(), v.end()); }\n' >a.cc
g++ -c a.cc
END
points clang 'a.c:1:.*error: .*undeclared' 'clang' <<'END'
echo 'int main(void) { return x; }' >a.c
clang -c a.c
END
points clang 'undefined reference to .nowhere' 'clang, linking' <<'END'
echo 'void nowhere(void); int main(void) { nowhere(); }' >a.c
clang a.c
END
points clang 'unknown argument\|unsupported option' 'clang: option' <<'END'
echo 'int x;' >a.c
clang --no-such-option -c a.c
END
points as 'a.s:2: Error: ' 'as' <<'END'
printf '.text\n  frobnicate %%rax\n' >a.s
as -o a.o a.s
END
points ld 'cannot find entry\|cannot find gone.o' 'ld alone' <<'END'
ld -o a gone.o
END
points ar 'ar: gone.o: No such file' 'ar' <<'END'
ar rcs liba.a gone.o
END
points objcopy "objcopy: .*gone" 'objcopy' <<'END'
objcopy gone a
END
points strip 'strip: .*a' 'strip' <<'END'
echo text >a
strip a
END
points gfortran 'Error: ' 'gfortran' <<'END'
printf 'program a\n  x = "text" + 1\nend program\n' >a.f90
gfortran -c a.f90
END
points rustc 'error\[E0425\]: cannot find' 'rustc' <<'END'
echo 'fn main() { println!("{}", nowhere); }' >a.rs
rustc a.rs
END
points cargo 'error\[E0308\]: mismatched' 'cargo build' <<'END'
mkdir src
printf '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml
echo 'fn main() { let x: u32 = "text"; println!("{}", x); }' >src/main.rs
cargo build --offline
END
points cargo "test t ... FAILED\|panicked at" 'cargo test' <<'END'
mkdir src
printf '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n' >Cargo.toml
printf '#[test]\nfn t() { assert_eq!(1, 2); }\n' >src/lib.rs
cargo test --offline
END
points cargo 'no matching package named .nowhere' 'cargo: dependency' <<'END'
mkdir src
printf '[package]\nname = "a"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\nnowhere = "1"\n' >Cargo.toml
echo 'fn main() {}' >src/main.rs
cargo build --offline
END
points javac 'A.java:1: error: ' 'javac' <<'END'
echo 'class A { int f() { return "x"; } }' >A.java
javac A.java
END
points msgfmt 'a.po:3: ' 'msgfmt' <<'END'
printf 'msgid "a"\nmsgstr "b"\nnonsense\n' >a.po
msgfmt -o a.mo a.po
END

echo '# make, ninja, cmake'
points make "No rule to make target 'gone.c'" 'make: no rule' <<'END'
printf 'a.o: gone.c\n\tcc -c gone.c\n' >Makefile
make
END
points make 'Makefile:2: \*\*\* missing separator' 'make: separator' <<'END'
printf 'all:\n  echo x\n' >Makefile
make
END
points make 'Makefile:1: \*\*\* no luck' 'make: $(error)' <<'END'
printf '$(error no luck)\nall:\n' >Makefile
make
END
points make 'a.c:1:.*error' 'make in a folder below, with -j and -k' <<'END'
mkdir sub
echo 'int main(void) { return x; }' >sub/a.c
printf 'all: a.o b.o\n%%.o: %%.c\n\tgcc -c $<\nb.o:\n\t@for i in 1 2 3 4 5 6 7 8 9; do echo building b; sleep 0.02; done\n' >sub/Makefile
printf 'all:\n\t$(MAKE) -C sub -j2 -k\n' >Makefile
make
END
points make 'b.c:1:.*error: ' 'make: what it ignores is no failure' <<'END'
echo 'int main(void) { return x; }' >a.c
echo 'int main(void) { return y; }' >b.c
printf 'all:\n\t-gcc -c a.c\n\tgcc -c b.c\n' >Makefile
make
END
points make 'mkdir: .*File exists\|mkdir: cannot create' 'make: a recipe' <<'END'
mkdir there
printf 'all:\n\tmkdir there\n' >Makefile
make
END
points ninja 'a.c:1:.*error' 'ninja' <<'END'
echo 'int main(void) { return x; }' >a.c
printf 'rule cc\n  command = gcc -c $in -o $out\nbuild a.o: cc a.c\n' >build.ninja
ninja
END
points ninja "ninja: error: .*gone.c" 'ninja: missing' <<'END'
printf 'rule cc\n  command = gcc -c $in -o $out\nbuild a.o: cc gone.c\n' >build.ninja
ninja
END
points cmake 'CMake Error at CMakeLists.txt:3' 'cmake: message' <<'END'
printf 'cmake_minimum_required(VERSION 3.10)\nproject(a NONE)\nmessage(FATAL_ERROR "no luck today")\n' >CMakeLists.txt
cmake .
END
points cmake 'CMake Error at CMakeLists.txt:3' 'cmake: package' <<'END'
printf 'cmake_minimum_required(VERSION 3.10)\nproject(a NONE)\nfind_package(Nowhere REQUIRED)\n' >CMakeLists.txt
cmake .
END
points cmake 'a.c:1:.*error' 'cmake --build' <<'END'
printf 'cmake_minimum_required(VERSION 3.10)\nproject(a C)\nadd_executable(a a.c)\n' >CMakeLists.txt
echo 'int main(void) { return x; }' >a.c
cmake . && cmake --build .
END
points ctest 'Test .*#2: bad .*Failed' 'ctest' <<'END'
printf 'cmake_minimum_required(VERSION 3.10)\nproject(a NONE)\nenable_testing()\nadd_test(good true)\nadd_test(bad false)\n' >CMakeLists.txt
cmake . && ctest
END
points pkg-config "No package 'nowhere' found\|Package nowhere was not found" 'pkg-config' <<'END'
pkg-config --print-errors --exists nowhere
END

echo '# shells and their tools'
points bash 'line 2: frobnicate: command not found' 'bash: no such command' <<'END'
printf 'set -e\nfrobnicate --all\n' >a
bash a
END
points sh 'frobnicate: not found' 'sh: no such command' <<'END'
frobnicate --all
END
points bash 'syntax error near unexpected token' 'bash: syntax' <<'END'
printf 'if true; then\n)\n' >a
bash a
END
points sh 'Syntax error' 'sh: syntax' <<'END'
printf 'if true; then\n)\n' >a
sh a
END
points bash 'nowhere: unbound variable' 'bash -u' <<'END'
bash -uc 'echo "$nowhere"'
END
points sh 'bad interpreter\|a: not found\|cannot execute' 'an interpreter that is missing' <<'END'
printf '#!/no/such/interpreter\n' >a
chmod +x a
bash -c ./a
END
points cp "cp: cannot stat 'gone'" 'cp' <<'END'
cp gone there
END
points install "install: cannot stat 'gone'" 'install' <<'END'
install -D -m 755 gone "$PWD/usr/bin/gone"
END
points mv "mv: cannot stat 'gone'" 'mv' <<'END'
mv gone there
END
points rm "rm: cannot remove 'gone'" 'rm' <<'END'
rm gone
END
points cd "cd: can't cd to gone\|cd: gone: No such" 'cd' <<'END'
cd gone
END
points chmod "chmod: cannot access 'gone'" 'chmod' <<'END'
chmod 755 gone
END
points ln "ln: failed to create symbolic link" 'ln' <<'END'
ln -s a b
ln -s a b
END
points sed "sed: can't read gone" 'sed: file' <<'END'
sed -i s/a/b/ gone
END
points sed 'sed: -e expression #1' 'sed: script' <<'END'
echo x | sed 's/a/b'
END
points awk 'syntax error\|missing ) near' 'awk' <<'END'
awk 'BEGIN { print ( }'
END
points jq 'jq: error' 'jq' <<'END'
echo '{}' | jq '.a['
END
points jq 'parse error' 'jq: input' <<'END'
echo '{"a": }' | jq .
END
points grep 'grep: gone: No such file' 'grep' <<'END'
grep x gone
END
points shellcheck 'In a line 2' 'shellcheck' <<'END'
printf '#!/bin/sh\necho $1\n' >a
shellcheck a
END
points dd 'No space left on device' 'a full disk' <<'END'
echo some >/dev/null
dd if=/dev/zero of=/dev/full bs=1k count=1
END
points gcc 'No space left on device' 'gcc on a full disk' <<'END'
echo 'int x;' >a.c
gcc -S -o /dev/full a.c
END
points sh 'Killed' 'killed by 9' <<'END'
sh -c 'kill -9 $$'
END
points bash 'Segmentation fault' 'a crash' <<'END'
bash -c 'sh -c "kill -SEGV \$\$"; exit 3'
END
points gcc "Assertion .*failed" 'an assertion' <<'END'
printf '#include <assert.h>\nint main(int c, char **v) { (void)v; assert(c > 5); }\n' >a.c
gcc a.c
./a.out
END
points gcc 'error while loading shared libraries: libgone.so' 'a shared library' <<'END'
echo 'int f(void) { return 0; }' >gone.c
gcc -shared -fPIC -o libgone.so gone.c
echo 'int f(void); int main(void) { return f(); }' >a.c
gcc a.c -L. -lgone
rm libgone.so
./a.out
END

echo '# languages'
points python3 "ModuleNotFoundError: No module named 'nowhere'" 'python: module' <<'END'
echo 'import nowhere' >a.py
python3 a.py
END
points python3 'SyntaxError' 'python: syntax' <<'END'
printf 'def f(:\n  pass\n' >a.py
python3 a.py
END
points python3 'IndentationError' 'python: indentation' <<'END'
printf 'def f():\npass\n' >a.py
python3 a.py
END
points python3 "KeyError: 'nowhere'" 'python: an exception' <<'END'
printf 'def f(d):\n    return d["nowhere"]\nf({})\n' >a.py
python3 a.py
END
points python3 'FileNotFoundError' 'python: a file' <<'END'
python3 -c 'open("gone")'
END
points python3 "can't open file .*gone.py" 'python: no script' <<'END'
python3 gone.py
END
points python3 'No module named nowhere' 'python -m' <<'END'
python3 -m nowhere
END
points python3 'FAIL: test_two\|AssertionError: 2 != 3' 'python: unittest' <<'END'
printf 'import unittest\nclass T(unittest.TestCase):\n    def test_one(self): pass\n    def test_two(self): self.assertEqual(2, 3)\n' >test_a.py
python3 -m unittest
END
points perl "Can't locate No/Where.pm" 'perl: module' <<'END'
perl -e 'use No::Where;'
END
points perl 'syntax error at a.pl line 2' 'perl: syntax' <<'END'
printf 'use strict;\nif ( {\n' >a.pl
perl a.pl
END
points perl 'Global symbol "$x" requires' 'perl: strict' <<'END'
printf 'use strict;\n$x = 1;\n' >a.pl
perl a.pl
END
points perl 'no luck at a.pl line 1' 'perl: die' <<'END'
echo 'die "no luck";' >a.pl
perl a.pl
END
points prove "Failed test 'two'" 'prove' <<'END'
printf 'use Test::More tests => 2;\nok(1, "one");\nok(0, "two");\n' >a.t
prove a.t
END
points node "Error: Cannot find module 'nowhere'" 'node: module' <<'END'
echo 'require("nowhere")' >a.js
node a.js
END
points node 'SyntaxError: ' 'node: syntax' <<'END'
echo 'let = = 3' >a.js
node a.js
END
points node 'ReferenceError: nowhere is not defined' 'node: reference' <<'END'
echo 'nowhere()' >a.js
node a.js
END
points npm 'ENOENT\|package.json' 'npm' <<'END'
npm --offline run build
END
points java 'Could not find or load main class' 'java' <<'END'
java Nowhere
END
points tclsh "can't read \"x\"\|invalid command name" 'tcl' <<'END'
echo 'puts $x' >a.tcl
tclsh a.tcl
END
points xmllint 'parser error' 'xmllint' <<'END'
echo '<a><b></a>' >a.xml
xmllint --noout a.xml
END

echo '# patches, archives, packages, repositories'
points patch 'Hunk #1 FAILED' 'patch: a hunk' <<'END'
printf 'one\ntwo\nthree\n' >a
printf -- '--- a\n+++ a\n@@ -1,3 +1,3 @@\n 1\n-2\n+II\n 3\n' >p
patch -p0 <p
END
points patch "can't find file to patch" 'patch: no file' <<'END'
printf -- '--- a/gone\n+++ b/gone\n@@ -1,3 +1,3 @@\n 1\n-2\n+II\n 3\n' >p
patch -f -p1 <p
END
points patch 'Only garbage' 'patch: none' <<'END'
echo nonsense >p
patch -p1 <p
END
points patch 'Reversed (or previously applied)' 'patch: twice' <<'END'
printf '1\n2\n3\n' >a
printf -- '--- a\n+++ a\n@@ -1,3 +1,3 @@\n 1\n-2\n+II\n 3\n' >p
patch -N -p0 <p
patch -N -p0 <p
END
points git 'patch failed: a:1' 'git apply' <<'END'
printf 'one\ntwo\nthree\n' >a
printf 'diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n 1\n-2\n+II\n 3\n' >p
git apply p
END
points git "fatal: repository '.*gone' does not exist" 'git clone' <<'END'
git clone "$PWD/gone" there
END
points git 'fatal: not a git repository' 'git describe' <<'END'
GIT_CEILING_DIRECTORIES=$PWD/.. git describe
END
points git "pathspec 'v9' did not match" 'git checkout' <<'END'
git init -q .
git checkout v9
END
points git 'CONFLICT (content)' 'git merge' <<'END'
git init -q . && git config user.email a@b && git config user.name a
echo 1 >a && git add a && git commit -qm 1
git checkout -qb other && echo 2 >a && git commit -qam 2
git checkout -q - && echo 3 >a && git commit -qam 3
git merge other
END
points tar 'does not look like a tar archive' 'tar: none' <<'END'
seq 5000 >a.tar
tar xf a.tar
END
points tar 'gone.tar: Cannot open: No such file' 'tar: gone' <<'END'
tar xf gone.tar
END
points tar 'unexpected end of file\|Unexpected EOF' 'tar: cut off' <<'END'
seq 100000 >a && tar czf a.tgz a && head -c 1000 a.tgz >b.tgz
tar xzf b.tgz
END
points tar 'gone: Not found in archive' 'tar: member' <<'END'
echo x >a && tar cf a.tar a
tar xf a.tar gone
END
points gzip 'not in gzip format' 'gzip' <<'END'
echo text >a.gz
gzip -d a.gz
END
points xz 'File format not recognized' 'xz' <<'END'
echo text >a.xz
xz -d a.xz
END
points xz 'Compressed data is corrupt' 'xz: corrupt' <<'END'
seq 10000 | xz >a.xz
printf XXXX | dd of=a.xz bs=1 seek=300 conv=notrunc status=none
xz -d a.xz
END
points zstd 'unsupported format' 'zstd' <<'END'
echo text >a.zst
zstd -d a.zst
END
points bzip2 'not a bzip2 file' 'bzip2' <<'END'
echo text >a.bz2
bzip2 -d a.bz2
END
points unzip 'End-of-central-directory signature' 'unzip' <<'END'
echo text >a.zip
unzip a.zip
END
points cpio 'premature end of\|malformed\|not a cpio' 'cpio' <<'END'
echo 070701text | cpio -i
END
points dpkg-deb "dpkg-deb: error: .*gone" 'dpkg-deb: no control' <<'END'
mkdir gone
dpkg-deb -b gone
END
points dpkg-deb "dpkg-deb: error: .*is not a Debian format archive" 'dpkg-deb: no package' <<'END'
echo text >a.deb
dpkg-deb -x a.deb there
END
points dpkg-deb "dpkg-deb: error: parsing file" 'dpkg-deb: control' <<'END'
mkdir -p a/DEBIAN && echo 'Package: a' >a/DEBIAN/control
dpkg-deb -b a
END
points dpkg "dpkg: error: .*gone.deb" 'dpkg -i' <<'END'
dpkg --admindir="$PWD" --force-not-root -i gone.deb
END
points dpkg 'dependency problems prevent configuration of a' 'dpkg: dependencies' <<'END'
mkdir -p a/DEBIAN db/updates db/info && touch db/status db/available
printf 'Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDepends: no-such-package\nDescription: a\n' >a/DEBIAN/control
dpkg-deb -b a a.deb
mkdir root && dpkg --root="$PWD/root" --admindir="$PWD/db" --force-script-chrootless --log=/dev/null -i a.deb
END
points apt-get 'E: Unable to locate package no-such-package' 'apt-get' <<'END'
apt-get -s install no-such-package
END
points sha256sum 'a: FAILED' 'sha256sum' <<'END'
echo text >a && sha256sum a >sums && echo other >a
sha256sum -c sums
END
points curl 'curl: (3\|curl: (7' 'curl' <<'END'
curl -sS -o a http://127.0.0.1:1/a
END
points wget 'Connection refused' 'wget' <<'END'
wget -t 1 -O a http://127.0.0.1:1/a
END
points gpg "gpg: .*gone" 'gpg' <<'END'
mkdir -m 700 home
GNUPGHOME=$PWD/home gpg --verify gone.asc
END
points openssl "gone" 'openssl' <<'END'
openssl x509 -in gone -noout
END
points svn 'svn: E' 'svn' <<'END'
svn checkout "file://$PWD/gone" there
END
points hg 'abort: ' 'hg' <<'END'
hg clone gone there
END
points bc 'syntax error' 'bc' <<'END'
echo '1 +' | bc 2>&1 | grep . && false
END

echo '# which of several'
# first TEXT WANTED - of log, the first line that is found is WANTED
first() {
	is "$1" "$(why --json log | jq -r '.[0] | "\(.line) \(.kind) \(.text)"')" "$2"
}
error='a.c:1:2: error: x'
{ echo "$error"; seq 2000; echo 'cp: cannot stat x'; echo 'make: *** [Makefile:1: all] Error 1'; } >log
first 'an error of long ago was minded by nobody' '2002 missing cp: cannot stat x'
{ echo "$error"; seq 50; echo "$error 2"; } >log
first 'of those that are near the first is the cause' "1 compile $error"
{ echo "FAIL: one"; seq 5000 | sed 's/^/PASS: /'; echo 'make: *** [Makefile:1: check] Error 1'; } >log
first 'but a failed test waits for the others' '1 test FAIL: one'
{ echo "$error"; echo; echo '=== 1-0: packages ==='; echo 'tar: x: Cannot open: No such file or directory'; } >log
first 'what is above a section went well' '4 missing tar: x: Cannot open: No such file or directory'
{ echo "$error"; echo 'make: [Makefile:3: x] Error 1 (ignored)'; echo 'all is well'; } >log
first 'what make ignores, too' '3 last all is well'
{ echo "$error"; echo 'make[1]: *** [Makefile:3: x] Error 1'; echo 'b.c:2:3: error: y'; echo 'make: *** [Makefile:3: z] Error 2'; } >log
first 'what comes behind an end does not matter' "1 compile $error"
{ echo 'make[1]: *** [Makefile:3: x] Error 1'; seq 500; echo 'configure: error: no luck'; } >log
first 'unless it was not the end' '502 configure configure: error: no luck'
{ seq 3; echo 'it does not say why'; echo; echo '  '; } >log
first 'else the last line' '4 last it does not say why'
printf 'Traceback (most recent call last):\n  File "x", line 1\n    import x\nx.y.OddThing: no luck\n' >log
first 'the exception of a trace' '4 python x.y.OddThing: no luck'
printf 'CMake Error at CMakeLists.txt:3 (message):\n  no luck today\n\n\n-- Configuring incomplete, errors occurred!\n' >log
is 'with what belongs to it' "$(why log | cut -f 1,3 | tr '\t\n' ' |')" \
    '1 CMake Error at CMakeLists.txt:3 (message):|2   no luck today|5 -- Configuring incomplete, errors occurred!|'

echo '# hostile logs'
esc=$(printf '\033') bel=$(printf '\007')
printf '%s\n' "${esc}]0;title${bel}${esc}[2J${esc}[01;31mx.c:1:2: ${esc}[Kerror: ${esc}[0m$(printf '\302\233')31m y" >log
first 'escape sequences are not in it' '1 compile x.c:1:2: error: ?31m y'
printf 'x.c:1:2: error: a\000b\001c\n' >log
first 'nor NUL and the like' '1 compile x.c:1:2: error: a?b?c'
printf 'x.c:1:2: error: \377\300\257\355\240\200z\n' >log
first 'nor what is no UTF-8' '1 compile x.c:1:2: error: ??????z'
printf 'x.c:1:2: error: \342\200\256abc\n' >log
first 'nor what turns text round' '1 compile x.c:1:2: error: ???abc'
printf '10%%\r20%%\rx.c:1:2: error: y\r30%%\r\nend\r\n' >log
first 'progress is not in the way' '1 compile x.c:1:2: error: y'
printf 'a\nx.c:1:2: error: y' >log
first 'a last line without its newline' '2 compile x.c:1:2: error: y'
printf 'x.c:1:2: error: https://me:secret@host/y\n' >log
first 'a password is not told' '1 compile x.c:1:2: error: https://host/y'
{ printf 'x.c:1:2: error: '; head -c 40000000 /dev/zero | tr '\0' A; } >log
is 'a line of 40 MB is cut' "$(why --json log | jq -r '.[0] | "\(.line) \(.text | length) \(.text[-4:])"')" '1 319 A...'
python3 -c 'print("x.c:1:2: error: " + "\u20ac" * 400)' >log
is 'and not in a character' "$(why --json log | jq -r '.[0].text | (endswith("\u20ac...")), (. | contains("\ufffd") or contains("?"))' | tr '\n' ' ')" 'true false '
head -c 3000000 /dev/urandom >log
try 0 'noise'                          why --json log
is 'is JSON'                           "$(jq -r 'type' out)" array
true >empty
try 1 'an empty log'                   why empty
says err 'empty: nothing in it says why' 'that is told'
printf '\n\r\n  \033[0m\n' >blank
try 1 'one of blanks'                  why --json blank
is 'an empty array'                    "$(cat out)" '[]'
mkfifo fifo
try 65 'a FIFO is not waited for'      timeout 10 aoinb-job why fifo
try 65 'a device'                      why /dev/zero
try 66 'none'                          why nowhere
try 64 'no log'                        why
try 64 'two'                           why log log

echo '# large logs'
# A GiB with holes: lines are counted in what is not read.
python3 - <<'END'
with open("large", "wb") as f:
    f.write(b"first\n" * 10)
    f.seek(1 << 29)
    f.write(b"x.c:1:2: error: in the middle\n" * 5)
    f.seek((1 << 30) - 200)
    f.write(b"\ny.c:1:2: error: at the end\nmake: *** [x] Error 1\n")
END
# little PROG... - in 64 MiB, and 30 seconds
little() {
	timeout 30 prlimit --as=67108864 "$@"
}
if grep -q __asan_init "$B/bin/aoinb-job"; then	# which wants TiB for itself
	try 0 'a GiB'                  timeout 120 aoinb-job why --json large
else
	try 0 'a GiB, in 64 MiB'       little aoinb-job why --json large
fi
is 'its end is read, its lines are counted' "$(jq -r '.[0] | "\(.line) \(.text)"' out)" '17 y.c:1:2: error: at the end'
rm large
# Every rule's words on each line, which is as bad as it can be.
sed -n 's/^\t[A-Z]*("\([^"]*\)".*/\1/p' "$top/helpers/why/rules.c" | tr -d '^$' | tr '%*\n' '1  ' >words
python3 -c 'w = open("words").read()
with open("log", "w") as f:
    for i in range(0, 30000): f.write((w[i % 3000:] + w)[:1000] + "\n")
    f.write(":" * 10000000)'
try 0 'a log of nothing but errors'    timeout 60 aoinb-job why log

echo '# of a job'
W=$PWD/w
mkdir -p b/autobuild "$W/lock"
printf 'VER=1\nDUMMYSRC=1\n' >b/spec
echo PKGNAME=probe >b/autobuild/defines
# ended CODE STEP VERDICT LOG... - a job that ended so; what is said of it is in err
ended() {
	code=$1 step=$2
	exec 9>>"$W/lock/new.$$"
	path=$(aoinb-job -w "$W" new --lock=9 --branch=stable build b) || return
	id=${path##*/}
	echo "$step" >"$path/step"
	printf 'verdict=%s\nwall_us=65000000\npeak_kib=122880\n' "$3" >"$path/rusage"
	echo 1.2-3 >"$path/version"
	shift 3
	[ $# -eq 0 ] || printf '%s\n' "$@" >"$path/log"
	aoinb-job -w "$W" result --lock=9 --say -- "$path" "$code" >out 2>err
	exec 9>&-
}
# in_record - result.json's lines
in_record() {
	jq -r '.why | map("\(.line) \(.kind) \(.text)") | join("|")' "$path/result.json"
}
ended 1 build failed one "$error" 'make: *** [x] Error 1'
is 'result.json says why'              "$(in_record)" "2 compile $error|3 make make: *** [x] Error 1"
is 'it is said at the end'             "$(sed 's/^aoinb: [^ ]*b 1/aoinb: b 1/' err)" "aoinb: b 1.2-3: failed, 1:05, 120M, job $id
  line 2: $error
  line 3: make: *** [x] Error 1
  more: aoinb log $id"
try 0 'the job may be asked'           aoinb-job -w "$W" why "$id"
is 'as columns'                        "$(cat out)" "$(printf '2\tcompile\t%s\n3\tmake\tmake: *** [x] Error 1' "$error")"
ended 124 build timeout "$error" 'still going'
is 'a time-out: where it was'          "$(in_record)" "2 timeout still going|1 compile $error"
ended 125 build silent one two
is 'silence, too'                      "$(in_record)" '2 silent two'
ended 123 build oom 'cc1plus: out of memory allocating 4 bytes' 'make: *** [x] Error 1'
is 'out of memory, as the log says'    "$(in_record)" '1 memory cc1plus: out of memory allocating 4 bytes|2 make make: *** [x] Error 1'
ended 123 build oom one two
is 'or as only the kernel knows'       "$(in_record)" '2 memory two'
ended 122 build disk-full 'cp: x: No space left on device'
is 'a full disk'                       "$(in_record)" '1 disk cp: x: No space left on device'
ended 66 fetch failed "$error"
is 'a log of an earlier try is not asked' "$(in_record)" ''
is 'and nothing is said twice'         "$(cat err)" ''
ended 1 build failed
is 'no log'                            "$(in_record)" ''
ended 130 build stopped "$error"
is 'stopped by somebody'               "$(in_record)$(cat err)" ''
exec 9>>"$W/lock/new.$$"
path=$(aoinb-job -w "$W" new --lock=9 --branch=stable build b)
printf 'verdict=ok\nwall_us=3000000\npeak_kib=46080\n' >"$path/rusage"
printf 'sha256::%064d\t4096\tb_1_all.deb\n' 7 >"$path/packages"
echo "$error" >"$path/log"
try 0 'a build that went well'         aoinb-job -w "$W" result --lock=9 --say -- "$path" 0
exec 9>&-
is 'says what it took'                 "$(sed 's/^aoinb: [^ ]*b: /aoinb: b: /' err)" "aoinb: b: ok, 0:03, 45M, job ${path##*/}"
is 'and has no reasons'                "$(in_record)" ''
try 1 'to ask for them'                aoinb-job -w "$W" why "${path##*/}"
says err 'it did not fail'             'is answered'
rm "$path/log" && ln -s /etc/passwd "$path/log"
rm "$path/result.json"
try 65 'a log that is a link is not followed' aoinb-job -w "$W" why "${path##*/}"

finish
