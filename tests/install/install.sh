#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs into an empty folder and builds programs in C99 and C++17 against what arrived there: through pkg-config and through the
# CMake package, shared and static, for the library and each component. Then once more after the folder was moved.
# usage: install.sh BUILD COMPONENTS...
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="-Wall -Wextra -pedantic -Werror"

compile() { # OUT DEFINE WORDS...: the program of outside, in both languages
    out=$1
    define=$2
    shift 2
    gcc -std=c99 $flags "-DUSE_$define" -o "$out.c99" "$here/user.c" "$@"
    g++ -std=c++17 $flags "-DUSE_$define" -o "$out.cxx17" -x c++ "$here/user.c" -x none "$@"
}

by_pkg_config() { # PACKAGE
    define=$(echo "${1#arcore_}" | tr 'a-z' 'A-Z')
    compile "$work/shared" "$define" $(pkg-config --cflags --libs "$1")
    # Archives alone in a folder that is searched first: the linker would take a shared library that lies beside.
    compile "$work/static" "$define" $(pkg-config --cflags "$1") -L"$work/archives" $(pkg-config --static --libs "$1")
    for language in c99 cxx17; do
        LD_LIBRARY_PATH=$lib "$work/shared.$language"
        ldd "$work/shared.$language" | grep -q "lib$1.so.0"
        "$work/static.$language"
        if ldd "$work/static.$language" | grep -q libarcore; then exit 1; fi
    done
    [ "$(pkg-config --modversion "$1")" = "$(pkg-config --modversion arcore)" ]
}

by_cmake() { # BUILD COMPONENTS...
    rm -rf "$work/build"
    programs=$(($# * 4 + 4))
    cmake -S "$here" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" "-DCOMPONENTS=$(echo "$*" | tr ' ' ';')" \
        >"$work/log" 2>&1 && cmake --build "$work/build" >>"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
    for program in "$work"/build/user_*; do
        "$program"
        programs=$((programs - 1))
    done
    [ "$programs" = 0 ] # not one was forgotten
}

try() { # PREFIX COMPONENTS...
    prefix=$1
    shift
    lib=$(dirname "$(find "$prefix" -name libarcore.so)")
    PKG_CONFIG_PATH=$lib/pkgconfig
    export PKG_CONFIG_PATH
    # The library is found by its SONAME, whose epoch is 0.
    readelf -d "$lib/libarcore.so" | grep -q 'SONAME.*\[libarcore.so.0\]'
    rm -rf "$work/archives"
    mkdir "$work/archives"
    cp "$lib"/libarcore*.a "$work/archives"
    by_pkg_config arcore
    for component in "$@"; do
        by_pkg_config "arcore_$component"
    done
    by_cmake "$@"
    if [ -x "$prefix/bin/arcore" ]; then tool; fi
}

# The command line tool finds the library beside it; its page and completions are where they belong.
tool() {
    book=$(mktemp -d "$work/tool.XXXXXX")/book.arc
    "$prefix/bin/arcore" create "$book" >/dev/null
    "$prefix/bin/arcore" verify --book "$book" 2>/dev/null
    ls "$prefix/share/man/man1/arcore.1" "$prefix/share/bash-completion/completions/arcore" \
        "$prefix/share/zsh/site-functions/_arcore" >/dev/null
}

cmake --install "$build" --prefix "$work/usr" >"$work/log" || { cat "$work/log"; exit 1; }
try "$work/usr" "$@"

# The program of docs/getting-started.md, as it is told there.
gcc -std=c99 $flags "$here/../../examples/first_program.c" $(pkg-config --cflags --libs arcore) -o "$work/first_program"
LD_LIBRARY_PATH=$lib sh "$here/first_program.sh" "$work/first_program"

mkdir "$work/moved"
mv "$work/usr" "$work/moved/elsewhere"
if grep -rlI "$work" "$work/moved/elsewhere"; then exit 1; fi # no file tells where it was
try "$work/moved/elsewhere" "$@"
