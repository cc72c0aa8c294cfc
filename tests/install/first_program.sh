#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs examples/first_program in an empty folder and compares what it prints with what docs/getting-started.md says it prints.
# usage: first_program.sh PROGRAM
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/books"
"$1" "$work/books" >"$work/out" 2>"$work/err" || { cat "$work/out" "$work/err"; exit 1; }
# The block behind the mark "output of".
awk '/^<!-- output of / { mark = 1; next }
     mark && /^```/ { if (inside) exit; inside = 1; next }
     inside { print }' "$root/docs/getting-started.md" >"$work/told"
[ -s "$work/told" ] || { echo 'docs/getting-started.md has no output to compare with'; exit 1; }
diff "$work/told" "$work/out"
