#!/bin/sh
# aoinb-plan of a group of 300, and of all, out of a tree of 5,500 packages, where apt
# knows 60,000 names: everything is built, so that every bundle is read whole; and
# with nothing built
. "${0%/*}/lib.sh"
need python3

aoinb -c conf init --work-dir="$PWD/work" >/dev/null
arch=$(aoinb -c conf conf arch)
python3 - <<'END'
import hashlib, os, random
rng = random.Random(1)
names = ["pkg%d" % i for i in range(5500)]
for folder in ("tree/groups", "work/layers/1-2/tree", "work/ref/instance", "work/cache/names",
               "work/built/stable", "work/output/stable"):
    os.makedirs(folder)
for i, name in enumerate(names):
    unit = "c%d/%s" % (i % 40, name)
    os.makedirs("tree/" + unit + "/autobuild")
    files = {"autobuild/defines": 'PKGNAME=%s\nPKGSEC=misc\nPKGDES="A package"\nPKGDEP="%s"\nBUILDDEP="%s"\n' % (
                 name, " ".join(rng.sample(names, 4)), " ".join(rng.sample(names[:i + 2], 2))),
             "spec": "VER=1.%d\nDUMMYSRC=1\n" % i}
    lines = ""
    for file in sorted(files):
        with open("tree/%s/%s" % (unit, file), "w") as f:
            f.write(files[file])
        lines += "%s\tfile\t%s\n" % (file, hashlib.sha256(files[file].encode()).hexdigest())
    with open("work/built/stable/" + unit.replace("/", "_"), "w") as f:
        f.write("version=1.%d-0\nbundle=%s\npackage=%s.deb\n" % (i, hashlib.sha256(lines.encode()).hexdigest(), name))
    open("work/output/stable/%s.deb" % name, "w").close()
with open("tree/groups/some", "w") as f:
    f.write("\n".join(rng.sample(names, 300)) + "\n")
with open("tree/groups/all", "w") as f:
    f.write("\n".join(names) + "\n")
with open("work/ref/instance/stable", "w") as f:
    f.write("1-2\n")
with open("work/cache/names/1-2", "w") as f:
    f.write("\n".join(names + ["deb%d" % i for i in range(60000)]) + "\n")
END
plan="aoinb-plan -w work -a $arch -b stable -t tree --known=work/cache/names/1-2"
for group in some all; do
	$plan groups/$group >out
	[ "$(grep -c ^built out)" -eq "$(wc -l <tree/groups/$group)" ] || { tail -n 3 out >&2; exit 1; }
done

aim 'plan: 300 of 5500' "$(seconds "$plan groups/some")" 0.3 'every one is built'
aim 'plan: 5500'        "$(seconds "$plan groups/all")" 1 'every one is built'
aim 'plan: 5500, anew'  "$(seconds "$plan --rebuild groups/all")" 1 'none is, and all are ordered'
aim 'aoinb plan'        "$(seconds "aoinb -c conf plan -t tree groups/some stable")" 0.3 '300 of 5500'
