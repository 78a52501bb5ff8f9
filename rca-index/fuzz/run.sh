#!/bin/sh
# Fuzzes each target for a number of seconds (default: 600): ./run.sh [SECONDS [TARGET ...]]
# With the stable toolchain the sanitizers are off. The code is safe Rust, with overflow checks and debug assertions on.
set -eu
cd "$(dirname "$0")"
seconds=${1:-600}
[ $# -gt 0 ] && shift
for target in "${@:-report query snippet signal index}"; do
    for target in $target; do
        seeds=seeds/$target
        [ "$target" = report ] && seeds="$seeds ../../corpus/incidents ../../corpus/broken"
        mkdir -p "corpus/$target"
        # shellcheck disable=SC2086
        cargo fuzz run --sanitizer none "$target" "corpus/$target" $seeds -- \
            -max_total_time="$seconds" -max_len=16384 -timeout=20 -rss_limit_mb=2048
    done
done
