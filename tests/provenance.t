#!/bin/sh
# aoinb-provenance: what was signed, by whom, and what is made of it
. "${0%/*}/lib.sh"
need jq openssl

type=application/vnd.aoinb.result+json
# envelope [KEY] - the file payload, signed by KEY
envelope() {
	{ printf 'DSSEv1 %s %s %s ' "${#type}" "$type" "$(wc -c <payload)"; cat payload; } >pae
	: >sigs
	for key; do
		openssl pkeyutl -sign -rawin -inkey "$key.key" -in pae -out sig
		jq -nc --arg s "$(base64 -w 0 sig)" '{keyid: "x", sig: $s}' >>sigs
	done
	jq -nc --arg t "$type" --arg p "$(base64 -w 0 payload)" --slurpfile s sigs \
	    '{payloadType: $t, payload: $p, signatures: $s}' >e
}
for key in w other; do
	openssl genpkey -algorithm ed25519 -out $key.key 2>/dev/null
	openssl pkey -in $key.key -pubout -out $key.pem
	openssl pkey -in $key.key -pubout -outform DER | tail -c 32 | base64 >$key.pub
done
printf 'one' >a_1_amd64.deb; printf 'two' >b_1_all.deb
sha() { sha256sum <"$1" | cut -d' ' -f1; }
zero=$(printf %064d 0)
jq -n --arg a "$(sha a_1_amd64.deb)" --arg b "$(sha b_1_all.deb)" --arg z "$zero" '{task: 7, attempt: 2,
    bundle_sha256: $z, verdict: "ok", exit: 0, log_sha256: $z, began: 1000000000, ended: 1000000060, arch: "amd64",
    branch: "stable", version: "0.1.0", base: "b", release: null, targets: ["app/a", "x\"y"],
    sources: ["plain", {name: "s", url: "https://h/s", digest: "sha512::\($z + $z)"}, {name: "odd", digest: "md9::1"}],
    packages_installed: [{name: "gcc", version: "12"}],
    outputs: [{name: "a_1_amd64.deb", size: 3, sha256: $a}, {name: "b_1_all.deb", size: 3, sha256: $b}]}' >payload
cp payload good
envelope w
try 0 'by the key as PEM'            aoinb-provenance --key=w.pem e
try 0 'as base64'                    aoinb-provenance -k w.pub --task=7 --worker=w1 e a_1_amd64.deb ./b_1_all.deb
jq -S . out >got
jq -Sn --arg a "$(sha a_1_amd64.deb)" --arg b "$(sha b_1_all.deb)" --arg z "$zero" '{
    _type: "https://in-toto.io/Statement/v1",
    subject: [{name: "a_1_amd64.deb", digest: {sha256: $a}}, {name: "b_1_all.deb", digest: {sha256: $b}}],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
        buildDefinition: {
            buildType: "urn:aoinb:build:1",
            externalParameters: {branch: "stable", arch: "amd64", bundle_sha256: $z, targets: ["app/a", "x\"y"]},
            internalParameters: {base: "b"},
            resolvedDependencies: [{name: "bundle", digest: {sha256: $z}}, {name: "plain"},
                {name: "s", uri: "https://h/s", digest: {sha512: ($z + $z)}}, {name: "odd"},
                {name: "gcc", annotations: {version: "12"}}]},
        runDetails: {
            builder: {id: "urn:aoinb:worker:w1", version: {aoinb: "0.1.0"}},
            metadata: {invocationId: "7.2", startedOn: "2001-09-09T01:46:40Z", finishedOn: "2001-09-09T01:47:40Z"},
            byproducts: [{name: "log", digest: {sha256: $z}}]}}}' >want
ok 'it is this statement'            diff want got
try 0 'from the standard input'      sh -c 'aoinb-provenance -k w.pub - <e'
envelope other w
try 0 'one of several signatures'    aoinb-provenance -k w.pub e
envelope other
try 65 'none by that key'            aoinb-provenance -k w.pub e
says err 'e: not signed by this key; do not trust its packages' 'is told'
is 'and nothing printed' "$(cat out)" ''
envelope
try 65 'none at all'                 aoinb-provenance -k w.pub e
envelope w
printf x | dd of=a_1_amd64.deb conv=notrunc bs=1 seek=1 2>/dev/null
try 65 'another byte in a package'   aoinb-provenance -k w.pub e a_1_amd64.deb
says err 'a_1_amd64.deb: not what was signed' 'is told'
cp b_1_all.deb c.deb
try 65 'one by another name'         aoinb-provenance -k w.pub e c.deb
try 66 'one that is not there'       aoinb-provenance -k w.pub e gone.deb
try 65 'another task'                aoinb-provenance -k w.pub -t 8 e

# Each byte of payload and signature counts.
jq -r .payload e | base64 -d >bytes
failed=0 tried=0 size=$(wc -c <bytes)
for at in 0 1 10 100 500 $((size - 2)) $((size - 1)); do
	cp bytes payload
	printf '~' | dd of=payload conv=notrunc bs=1 seek="$at" 2>/dev/null
	jq -c --arg p "$(base64 -w 0 payload)" '.payload = $p' e >flipped
	tried=$((tried + 1)); aoinb-provenance -k w.pub flipped >/dev/null 2>&1 || failed=$((failed + 1))
done
is 'a flipped byte of what was signed is seen' "$failed" "$tried"
jq -c '.signatures[0].sig |= ("A" + .[1:])' e >flipped
jq -e '.signatures[0].sig[0:1] != "A"' e >/dev/null && {
	try 65 'and one of the signature' aoinb-provenance -k w.pub flipped
}
jq -c '.payloadType = "text/plain"' e >flipped
try 65 'another type'                aoinb-provenance -k w.pub flipped

# What a worker signs is text of its own.
for wrong in '[]' 'x' '{"outputs":[1]}' '{"outputs":[{"name":"a","sha256":"00"}]}' '{"outputs":7}' '{"outputs":[' \
    '{"outputs":[{"name":"a"'; do
	printf '%s' "$wrong" >payload; envelope w
	try 65 "a payload that is none: $wrong" aoinb-provenance -k w.pub e
done
printf '{"outputs":[]}' >payload; envelope w
try 1 'no packages'                  aoinb-provenance -k w.pub e
jq -c --arg n "$(printf 'a\033"\n')" '.outputs[0].name = $n | .branch = $n | .targets = [$n, 1, {}] | .sources = [1, [], null]
    | .began = "x" | .ended = -1 | .version = {}' good >payload; envelope w
try 0 'odd texts'                    aoinb-provenance -k w.pub e
try 0 'make JSON'                    jq -e '.subject[0].name | test("\"")' out
for wrong in '' x '{}' '{"payloadType":"application/vnd.aoinb.result+json","payload":"e30=","signatures":{}}'; do
	printf '%s' "$wrong" >e
	try 65 "an envelope that is none: $wrong" aoinb-provenance -k w.pub e
done
echo x >bad.pub
try 65 'a key that is none'          aoinb-provenance -k bad.pub e
try 66 'a key that is not there'     aoinb-provenance -k gone e
try 64 'no key'                      aoinb-provenance e
finish
