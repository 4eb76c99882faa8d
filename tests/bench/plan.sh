#!/bin/sh
# aoinb plan of a group of 300 out of a tree of 5,500 packages, where apt knows
# 60,000 names; and a digest of 1,000 bundles
. "${0%/*}/lib.sh"
need python3

aoinb -c conf init --work-dir="$PWD/work" >/dev/null
python3 - <<'END'
import os, random
rng = random.Random(1)
names = ["pkg%d" % i for i in range(5500)]
for i, name in enumerate(names):
    folder = "tree/c%d/%s/autobuild" % (i % 40, name)
    os.makedirs(folder)
    with open(folder + "/../spec", "w") as f:
        f.write("VER=1.%d\nDUMMYSRC=1\n" % i)
    with open(folder + "/defines", "w") as f:
        f.write('PKGNAME=%s\nPKGSEC=misc\nPKGDES="A package"\nPKGDEP="%s"\nBUILDDEP="%s"\n' % (
            name, " ".join(rng.sample(names, 4)), " ".join(rng.sample(names[:i + 2], 2))))
os.makedirs("tree/groups")
with open("tree/groups/some", "w") as f:
    f.write("\n".join(rng.sample(names, 300)) + "\n")
os.makedirs("work/layers/1-2/tree")
os.makedirs("work/ref/instance")
os.makedirs("work/cache/names")
with open("work/ref/instance/stable", "w") as f:
    f.write("1-2\n")
with open("work/cache/names/1-2", "w") as f:
    f.write("\n".join(names + ["deb%d" % i for i in range(60000)]) + "\n")
END
cat >digests <<END
#!/bin/sh
. "$top/scripts/lib/bundle.sh"
set --
for folder in $PWD/tree/c[0-6]/* $PWD/tree/c7/pkg?*; do
	set -- "\$@" "\$folder"
	[ \$# -lt 1000 ] || break
done
bundle_digests $PWD/digests.new "\$@" >/dev/null
END
chmod +x digests

aim plan-300-of-5500 "$(seconds "aoinb -c conf plan -t tree groups/some stable")" 2
aim digests-1000 "$(seconds ./digests)" 1
