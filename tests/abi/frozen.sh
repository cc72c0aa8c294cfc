#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program and a backend that were written against the headers of the baseline, compiled with those headers, run with the library of
# today. usage: frozen.sh BUILD
set -eu
frozen=$(cd "$(dirname "$0")/frozen" && pwd)
build=$(cd "$1" && pwd)
if [ ! -d "$frozen/include" ]; then
    echo "SKIPPED: there are no frozen headers yet"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compile="gcc -Wall -Wextra -pedantic -Werror -I$frozen/include"
link="-L$build -Wl,-rpath,$build"
# In the way of then; nothing of today's headers is seen.
$compile -std=c99 -c "$frozen/consumer.c" -o "$work/consumer.o"
$compile -std=c11 -DARC_EXAMPLE_AS_PART -c "$frozen/backend/backend_jsonl.c" -o "$work/backend.o"
$compile -std=c11 "$frozen/backend/backend_jsonl.c" $link -larcore_testkit -larcore -o "$work/backend"
gcc "$work/consumer.o" "$work/backend.o" $link -larcore -o "$work/consumer"
if gcc -I"$frozen/include" -M "$frozen/consumer.c" "$frozen/backend/backend_jsonl.c" | grep '/arcore/' | grep -v "$frozen/include"; then
    exit 1
fi
"$work/consumer" memory:frozen "sqlite:$work/frozen.arc" "jsonl:$work/frozen.jsonl"
(cd "$work" && ./backend) >"$work/kit" || { grep -A2 FAIL "$work/kit"; exit 1; }
tail -n 1 "$work/kit"
