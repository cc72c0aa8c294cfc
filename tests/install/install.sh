#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs into an empty folder and builds a program against what arrived there: through pkg-config, shared and static, and
# through the CMake package with its components.
# usage: install.sh BUILD COMPONENTS...
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/usr" >"$work/log" || { cat "$work/log"; exit 1; }
lib=$(dirname "$(find "$work/usr" -name libarcore.so)")

# The library is found by its SONAME, whose epoch is 0.
readelf -d "$lib/libarcore.so" | grep -q 'SONAME.*\[libarcore.so.0\]'

PKG_CONFIG_PATH=$lib/pkgconfig
export PKG_CONFIG_PATH
flags="-std=c99 -Wall -Wextra -pedantic -Werror"
gcc $flags "$here/user.c" $(pkg-config --cflags --libs arcore) -o "$work/shared"
LD_LIBRARY_PATH=$lib "$work/shared"
ldd "$work/shared" | grep -q 'libarcore.so.0'

# The program of docs/getting-started.md, as it is told there.
gcc $flags "$here/../../examples/first_program.c" \
    $(pkg-config --cflags --libs arcore) -o "$work/first_program"
LD_LIBRARY_PATH=$lib sh "$here/first_program.sh" "$work/first_program"

mkdir "$work/archive"
cp "$lib/libarcore.a" "$work/archive"
gcc $flags "$here/user.c" $(pkg-config --cflags arcore) -L"$work/archive" \
    $(pkg-config --static --libs arcore | sed "s|-L$lib ||g") -o "$work/static"
"$work/static"
if ldd "$work/static" | grep -q libarcore; then exit 1; fi

cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/usr" "-DCOMPONENTS=$(echo "$*" | tr ' ' ';')" \
    >"$work/log" 2>&1 && cmake --build "$work/build" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
for program in "$work"/build/user_*; do
    "$program"
done
