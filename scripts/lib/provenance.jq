# From what a worker signed to a statement of in-toto, version 1, with SLSA's provenance,
# version 1.  $builder is the worker's name, or "" where only its key is known.
def known: with_entries(select(.value != null));
def time: if . then todate else null end;
def digest: if type == "string" then
	    (ascii_downcase | split("::") | if length == 2 then {(.[0]): .[1]} else {sha256: .[0]} end)
	else null end;
# A source: its text, or an object that has url or name, and a digest.
def source: if type == "object" then
	    {name, uri: (.url // .uri), digest: ((.digest // .sha256) | digest)} | known
	else {name: tostring} end;
def package($arch): if type == "object" then
	    {name, uri: "pkg:deb/\(.name)@\(.version)?arch=\(.arch // $arch)", digest: (.sha256 | digest)} | known
	else {name: tostring} end;
def list: if type == "array" then .[] else empty end;

{
	_type: "https://in-toto.io/Statement/v1",
	subject: [.outputs[] | {name, digest: {sha256: .sha256}}],
	predicateType: "https://slsa.dev/provenance/v1",
	predicate: {
		buildDefinition: {
			buildType: "urn:aoinb:build:1",
			externalParameters: {branch, arch, targets, modifiers, bundle: {sha256: .bundle_sha256}} | known,
			internalParameters: {version, base, release} | known,
			resolvedDependencies: (
				[{name: "bundle", digest: {sha256: .bundle_sha256}}] +
				[.sources | list | source] +
				[.arch as $arch | .packages_installed | list | package($arch)])
		},
		runDetails: {
			builder: {
				id: "urn:aoinb:worker:\(if $builder == "" then "unknown" else $builder end)",
				version: (if .version then {aoinb: .version} else null end)
			} | known,
			metadata: {
				invocationId: "\(.task).\(.attempt)",
				startedOn: (.began | time),
				finishedOn: (.ended | time)
			} | known,
			byproducts: (if .log_sha256 then [{name: "log", digest: {sha256: .log_sha256}}] else [] end)
		}
	}
}
