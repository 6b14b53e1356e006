#!/bin/sh
# Runs the conformance cases, where they lie beside the repository, against the driver.
# usage: conformance.sh DRIVER ROOT; exits 77, which meson takes for "skipped", where there are none.
runner="$2/../shared/conformance/run.py"
[ -f "$runner" ] || exit 77
exec python3 "$runner" --driver "$1" --known "$2/tests/conformance-known.txt"
