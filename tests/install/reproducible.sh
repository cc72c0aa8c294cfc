#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds twice - in folders of other names and depths, the build inside and outside of the sources, at other times, in another
# zone and locale - and compares what is installed byte by byte. What could differ - paths, times, the order of files - comes from
# the sources and the build, not from the optimiser, who has his say with ARCORE_SOAK=1 alone.
# usage: reproducible.sh SOURCE C_COMPILER
set -eu
source=$1
compiler=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CCACHE_DISABLE=1 # a cached object would prove nothing
export CCACHE_DISABLE
jobs=$(nproc 2>/dev/null || echo 2)
case ${ARCORE_SOAK:-0} in 0) flags='-O0 -g' ;; *) flags='-O2 -g -DNDEBUG' ;; esac

build() { # SOURCES BUILD PREFIX
    mkdir -p "$1"
    for part in "$source"/*; do
        case ${part##*/} in build* | tests | docs) ;; *) cp -R "$part" "$1" ;; esac
    done
    { cmake -S "$1" -B "$2" -G Ninja -DCMAKE_C_COMPILER="$compiler" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        "-DCMAKE_C_FLAGS_RELWITHDEBINFO=$flags" -DARCORE_EXAMPLES=OFF \
        -DCMAKE_C_COMPILER_LAUNCHER= && cmake --build "$2" -j "$jobs" && cmake --install "$2" --prefix "$3"; } >"$work/log" 2>&1 ||
        { tail -n 30 "$work/log"; exit 1; }
}

TZ=UTC LC_ALL=C build "$work/one" "$work/one/build/here" "$work/prefix-one"
TZ=Asia/Shanghai LC_ALL=C.UTF-8 build "$work/another/place/for/it" "$work/b" "$work/prefix-two"
ls "$work/prefix-one"/lib*/libarcore.a "$work/prefix-one"/lib*/libarcore.so >"$work/log" # something was built
if ! diff -r "$work/prefix-one" "$work/prefix-two"; then
    for file in $(cd "$work/prefix-one" && find . -name 'libarcore*.so.*.*'); do
        strings -a "$work/prefix-one/$file" | grep -n -m 5 "$work" || true
    done
    exit 1
fi
