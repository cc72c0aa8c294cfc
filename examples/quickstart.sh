#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First light: builds libarcore, imports receivables from a CSV file into a SQLite book and shows who owes what.
#
#   sh examples/quickstart.sh                                  the sample data in examples/data
#   sh examples/quickstart.sh invoices.csv                     your file; the mapping is guessed from its headers and shown
#   sh examples/quickstart.sh invoices.csv mapping.json        your file, your mapping (docs/import.md)
#
# Environment: ARCORE_AS_OF=YYYY-MM-DD (date of the aging), ARCORE_BOOK=PATH (keep the book there; default: a new file in build/quickstart),
# ARCORE_SKIP_BAD=1 (write the good rows of a file with bad ones), ARCORE_BUILT=DIR (a build that stands: nothing is built or installed),
# ARCORE_OUT=DIR (where new books go; default: build/quickstart).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

build=${ARCORE_BUILT:-$root/build/quickstart}
out=${ARCORE_OUT:-$root/build/quickstart}
mkdir -p "$out"

install_missing() {
    need=''
    for tool in cmake ninja cc pkg-config; do command -v "$tool" >/dev/null 2>&1 || need=1; done
    for module in sqlite3 libcjson expat; do pkg-config --exists "$module" 2>/dev/null || need=1; done
    if [ -n "$need" ]; then
        echo 'Installing what is missing (cmake, ninja, a C compiler, SQLite, cJSON, expat) ...'
        if [ "$(id -u)" = 0 ]; then sudo=''; else sudo=sudo; fi
        export DEBIAN_FRONTEND=noninteractive
        { $sudo apt-get update && $sudo apt-get install -y --no-install-recommends \
            build-essential cmake ninja-build pkg-config libsqlite3-dev libcjson-dev libexpat1-dev; } >/tmp/arcore-quickstart-apt.$$ 2>&1 ||
            { tail -n 20 /tmp/arcore-quickstart-apt.$$; echo 'Could not install the packages above.' >&2; exit 1; }
        rm -f /tmp/arcore-quickstart-apt.$$
    fi
}

if [ -z "${ARCORE_BUILT:-}" ]; then
    install_missing
    { cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DARCORE_TESTS=OFF &&
        cmake --build "$build" --target quickstart lifecycle matching arcore arcore_cli; } >"$out/quickstart.log" 2>&1 ||
        { tail -n 40 "$out/quickstart.log"; echo "Building failed; the whole log is $out/quickstart.log" >&2; exit 1; }
fi

"$build/examples/quickstart" "$root/examples/data" "$out" "$@"

if command -v python3 >/dev/null 2>&1; then
    echo 'The same through Python (examples/quickstart.py):'
    ARCORE_LIBRARY="$build/libarcore.so" PYTHONPATH="$root/bindings/python" PYTHONDONTWRITEBYTECODE=1 PYTHONIOENCODING=utf-8 \
        python3 "$root/examples/quickstart.py" "${ARCORE_BOOK:-$out/quickstart.arc}" ${ARCORE_AS_OF:+"$ARCORE_AS_OF"}
else
    echo 'SKIPPED: the same through Python, python3 is not installed'
fi

echo
"$build/examples/lifecycle" "sqlite:${ARCORE_BOOK:-$out/quickstart.arc}"

if [ $# = 0 ] && [ -z "${ARCORE_BOOK:-}" ]; then
    echo
    echo "A bank's statement (camt.053) comes in, and its payments are matched (docs/matching.md):"
    rm -f "$out/matching.arc" "$out/matching.arc-wal" "$out/matching.arc-shm" "$out/matching.arc-arclock"
    ARCORE_BOOK="$out/quickstart.arc" "$build/bin/arcore" backup "$out/matching.arc"
    "$build/examples/matching" "sqlite:$out/matching.arc" "$root/examples/data/statement.xml"
fi

ARCORE_BOOK=${ARCORE_BOOK:-$out/quickstart.arc}
export ARCORE_BOOK
PATH=$build/bin:$PATH
day=$({ arcore query invoice --max invoice_date --format csv; arcore query receipt --max value_date --format csv; } | grep '^[0-9]' | sort | tail -n 1)
echo
echo 'And from the shell (docs/cli.md), by currency:'
arcore aging --group currency --as-of "${ARCORE_AS_OF:-$day}"
echo
echo "Ask on: export ARCORE_BOOK=$ARCORE_BOOK"
echo "        $build/bin/arcore query item_state --where 'open > 0' --order -open --limit 10"
