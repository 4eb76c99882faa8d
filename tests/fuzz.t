#!/bin/sh
# The evaluator under libFuzzer: every kept input, and the same new ones each time.
# "make fuzz" is the long run.
. "${0%/*}/lib.sh"
need clang make

echo 'int LLVMFuzzerTestOneInput(const char *s, unsigned long n) { return !s && n; }' >probe.c
clang -fsanitize=fuzzer,address,undefined -o probe probe.c 2>err ||
	skip_all 'needs libFuzzer (libclang-rt-14-dev)'

# The evaluator's own limit of work ends what would take long, in half a second; with all that
# is looked for here that is a minute, on a busy machine.
corpus=$top/tests/fuzz/corpus
try 0 'it compiles' make -s -C "$top" B="$B" "$B/fuzz/spec"
try 0 'every kept input passes' "$B/fuzz/spec" -runs=0 -timeout=300 "$corpus"
says err " $(find "$corpus" -type f | wc -l) files found in" 'none was left out'
mkdir new
try 0 'new ones pass' "$B/fuzz/spec" -seed=1 -runs=20000 -timeout=300 \
    -dict="$top/tests/fuzz/spec.dict" -artifact_prefix="$B/fuzz/" new "$corpus"

# And what finds out why a build failed, on logs.
logs=$top/tests/fuzz/logs
try 0 'why: it compiles' make -s -C "$top" B="$B" "$B/fuzz/why"
try 0 'why: every kept log passes' "$B/fuzz/why" -runs=0 -timeout=300 "$logs"
says err " $(find "$logs" -type f | wc -l) files found in" 'none was left out'
mkdir newlogs
try 0 'why: new ones pass' "$B/fuzz/why" -seed=1 -runs=4000 -timeout=300 -max_len=4096 \
    -artifact_prefix="$B/fuzz/" newlogs "$logs"

finish
