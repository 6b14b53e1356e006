#!/bin/sh
# Runs the scripts on the Kafka that WEIR_TEST_KAFKA names (host:port), one after the other.
# usage: scripts_kafka.sh WEIR FOLDER; exits 77, which meson takes for "skipped", where no Kafka is named.
[ -n "$WEIR_TEST_KAFKA" ] || exit 77
exec "$1" test --timeout 60 --broker kafka "$2"
