#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Does what README.md says of the library alone, in a copy of the sources, and looks at what arrived: the library, and nothing else.
# usage: library.sh SOURCE
set -eu
source=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for part in "$source"/*; do
    case ${part##*/} in build* | tests | docs | examples) ;; *) cp -R "$part" "$work" ;; esac
done
awk '/^### The library alone/ { on = 1 } on && /^```$/ { exit } block { print } on && /^```sh$/ { block = 1 }' "$source/README.md" >"$work/commands"
grep -q 'cmake --install' "$work/commands"
cd "$work"
# How well it is optimised is not the question here: a toolchain file says so before the commands do, and they run on all processors.
case ${ARCORE_SOAK:-0} in 0)
    echo 'set(CMAKE_C_FLAGS_RELEASE "-O0" CACHE STRING "")' >"$work/toolchain.cmake"
    export CMAKE_TOOLCHAIN_FILE="$work/toolchain.cmake"
    ;;
esac
export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc 2>/dev/null || echo 2)}"
sh -e "$work/commands" >"$work/log" 2>&1 || { tail -n 30 "$work/log"; exit 1; }
cd "$work/build/usr"
find . -type f -o -type l | sed 's|/lib/[^/]*-linux-[^/]*/|/lib/|; s|/lib64/|/lib/|' | sort >"$work/found"
if grep -v -E '^\./include/arcore/|^\./lib/libarcore\.(a|so(\.[0-9.]+)?)$|^\./lib/pkgconfig/arcore\.pc$|^\./lib/cmake/arcore/' "$work/found"; then
    echo "more than the library was installed"
    exit 1
fi
for wanted in ./include/arcore/arcore.h ./lib/libarcore.a ./lib/libarcore.so ./lib/pkgconfig/arcore.pc; do
    grep -q -x -F "$wanted" "$work/found" || { echo "$wanted is missing"; exit 1; }
done
pc=$(find "$work/build/usr" -name arcore.pc)
cc -std=c99 -I "$source/tests/install" "$source/tests/install/user.c" -DUSE_ARCORE -o "$work/user" $(PKG_CONFIG_PATH=${pc%/*} pkg-config --cflags --libs arcore)
LD_LIBRARY_PATH=$(dirname "$(find "$work/build/usr" -name libarcore.so)") "$work/user"
