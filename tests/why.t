#!/bin/sh
# why a build failed: the line that a person would point at, in logs that real programs
# write when they fail; and logs that nobody should have written
# shellcheck disable=SC2016 # scripts for other shells
. "${0%/*}/lib.sh"
need jq python3

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
	seq -f 'gcc -c -O2 file%g.c -o file%g.o' 100
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
	sed -n "${line}p" log >there
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
points g++ 'a.cc:.*error: ' 'g++: a template' <<'END'
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
points clang 'unknown argument' 'clang: option' <<'END'
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
points awk 'syntax error' 'awk' <<'END'
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
printf '--- a\n+++ a\n@@ -1,3 +1,3 @@\n 1\n-2\n+II\n 3\n' >p
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

. "$top/tests/why-words.sh"
finish
