#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds libarcore and runs every test: the dev preset with all tests, slow ones included, then the asan preset
# (AddressSanitizer and UndefinedBehaviorSanitizer), then the warnings of clang where it is installed.
# Installs missing Debian packages (as root or with sudo). Last line: "N passed, N failed, N skipped".
#
#   sh tests/run.sh
#
# Environment: ARCORE_DATA=DIR (real data, else ../shared/data beside the project), ARCORE_SOAK=1 (everything that is sampled
# else: the long versions of the tests that have one, and all tests in the second rounds, on PostgreSQL and rebuilt from events;
# the asan preset then runs the slow tests too), ARCORE_JOBS=N (default: all processors), TMPDIR (where the books of the tests lie).
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
jobs=${ARCORE_JOBS:-$(nproc 2>/dev/null || echo 2)}
passed=0
failed=0
skipped=0

case ${ARCORE_SOAK:-0} in 0) soak= ;; *) soak=1 ;; esac

# Books of tests lie in memory where there is room: that a commit reaches the disk is tested with a file system of the tests' own
# (tests/support/arfault.h) and with processes that are killed, for which a real disk is only slower.
if [ -n "${TMPDIR:-}" ]; then
    echo "== files of the tests: in $TMPDIR"
elif [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 2097152 ] && TMPDIR=$(mktemp -d /dev/shm/arcore.XXXXXX) && chmod 755 "$TMPDIR"; then
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    echo "== files of the tests: in memory ($TMPDIR)"
else
    unset TMPDIR
    echo "== files of the tests: in /tmp (/dev/shm has no 2 GB)"
fi

# ---- packages ----------------------------------------------------------------------------------------------------------
missing() {
    command -v cmake >/dev/null 2>&1 || printf ' cmake'
    command -v ninja >/dev/null 2>&1 || printf ' ninja-build'
    { command -v gcc && command -v g++ && command -v nm && test -e /usr/include/stdio.h; } >/dev/null 2>&1 || printf ' build-essential'
    command -v python3 >/dev/null 2>&1 || printf ' python3'
    # Debian's sqlite3.pc names libz for static linking, but its package does not bring it.
    test -e /usr/include/zlib.h || printf ' zlib1g-dev'
    if command -v pkg-config >/dev/null 2>&1; then
        pkg-config --exists sqlite3 || printf ' libsqlite3-dev'
        pkg-config --exists libcjson || printf ' libcjson-dev'
        pkg-config --exists expat || printf ' libexpat1-dev'
        pkg-config --exists cmocka || printf ' libcmocka-dev'
    else
        printf ' pkg-config libsqlite3-dev libcjson-dev libexpat1-dev libcmocka-dev'
    fi
}

# Without these the PostgreSQL tests and the comparison of the binary interface are skipped.
missing_optional() {
    command -v abidiff >/dev/null 2>&1 || printf ' abigail-tools'
    pkg-config --exists libpq 2>/dev/null || printf ' libpq-dev'
    pkg-config --exists libsodium 2>/dev/null || printf ' libsodium-dev'
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || printf ' postgresql'
}

install() {
    sudo=''
    [ "$(id -u)" = 0 ] || sudo='sudo -n'
    # A server of our own is started by the tests; the package need not make one.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        $sudo mkdir -p /etc/postgresql-common &&
            echo 'create_main_cluster = false' | $sudo tee /etc/postgresql-common/createcluster.conf >/dev/null
    fi
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get update &&
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

mkdir -p build
wanted="$(missing)$(missing_optional)"
if [ -n "$wanted" ]; then
    echo "== installing$wanted"
    # shellcheck disable=SC2086
    install $wanted >build/apt.log 2>&1 || { tail -n 5 build/apt.log; echo "apt-get failed (log: build/apt.log)"; }
    wanted=$(missing)
    if [ -n "$wanted" ]; then
        echo "cannot go on without the packages$wanted"
        echo "0 passed, 1 failed, 0 skipped"
        exit 1
    fi
    wanted=$(missing_optional)
    [ -z "$wanted" ] || echo "SKIPPED  some tests: packages$wanted could not be installed"
fi
if [ -z "${CMAKE_C_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null 2>&1; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache
fi

# ---- one preset --------------------------------------------------------------------------------------------------------
build() {
    echo "== $1: build"
    if cmake --preset "$1" >"build/$1.log" 2>&1 && cmake --build --preset "$1" -j "$jobs" >>"build/$1.log" 2>&1; then
        return 0
    fi
    grep -E 'error|warning|FAILED' "build/$1.log" | head -n 40
    tail -n 15 "build/$1.log"
    echo "FAILED   $1: does not build (log: build/$1.log)"
    failed=$((failed + 1))
    return 1
}

run() {
    preset=$1
    shift
    build "$preset" || return
    echo "== $preset: test"
    console=build/$preset/ctest.log
    code=0
    ctest --preset "$preset" -j "$jobs" "$@" >"$console" 2>&1 || code=$?
    grep -E '^ *[0-9]+/[0-9]+ Test +#' "$console"
    counts=$(awk -f tests/count.awk "$console" "build/$preset/Testing/Temporary/LastTest.log")
    # shellcheck disable=SC2046
    set -- $(echo "$counts" | head -n 1)
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + $3))
    echo "$counts" | tail -n +2
    if [ "$2" != 0 ]; then
        echo "---- output of the failed tests ($preset)"
        grep -E '\[  ERROR|\[   LINE|\[  FAILED|^ERROR|error:|Sanitizer|runtime error|^    #[0-9]' "$console" | head -n 120
    elif [ "$code" != 0 ]; then
        echo "FAILED   $preset: ctest ended with $code (log: $console)"
        failed=$((failed + 1))
    fi
    echo "== $preset: $1 passed, $2 failed, $3 skipped"
}

[ -n "$soak" ] || echo "SAMPLED  the long tests and the second rounds on PostgreSQL and from events: whole with ARCORE_SOAK=1"
run dev
if [ -n "$soak" ]; then run asan -LE lint; else run asan -LE 'slow|lint'; fi
if command -v clang >/dev/null 2>&1; then
    if build clang; then passed=$((passed + 1)); fi
else
    echo "SKIPPED  clang: not installed, its warnings were not looked at"
    skipped=$((skipped + 1))
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
