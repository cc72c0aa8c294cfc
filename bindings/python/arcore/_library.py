# SPDX-License-Identifier: Apache-2.0
"""Finds and loads the shared library, and gives each function its types.

In this order: the file (or folder) that ARCORE_LIBRARY names; beside this package, where a wheel puts it; in the build
folders of the source tree this package stands in, the newest first; by the system's loader.
"""
import ctypes
import glob
import os
import sys

from . import _signatures

HERE = os.path.dirname(os.path.abspath(__file__))


def file_name(library="arcore"):
    if sys.platform == "darwin":
        return f"lib{library}.dylib"
    return f"{library}.dll" if os.name == "nt" else f"lib{library}.so"


def candidates(library="arcore"):
    """Paths to try, the best first; the last may be a bare name for the system's loader."""
    name = file_name(library)
    given = os.environ.get("ARCORE_LIBRARY")
    if given:  # and nothing else: who names one wants that one
        if os.path.isdir(given):
            return [os.path.join(given, name)]
        return [given if library == "arcore" else os.path.join(os.path.dirname(os.path.abspath(given)), name)]
    found = [os.path.join(HERE, name)] + sorted(glob.glob(os.path.join(HERE, name + ".*")))
    root = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
    if os.path.exists(os.path.join(root, "include", "arcore", "arcore.h")):
        built = glob.glob(os.path.join(root, "build", "*", name)) + glob.glob(os.path.join(root, "build", name))
        found += sorted(built, key=os.path.getmtime, reverse=True)
    return found + [name, name + ".0"]


class LibraryNotFound(ImportError):
    """The shared library is nowhere, or is not one this package can use."""


def load(library="arcore"):
    tried = []
    for path in candidates(library):
        if os.path.isabs(path) and not os.path.exists(path):
            continue
        try:
            return bind(ctypes.CDLL(path, use_errno=False), library, path)
        except OSError as error:
            tried.append(f"{path}: {error}")
    hint = "; ".join(tried) or f"no {file_name(library)} in {', '.join(candidates(library)[:3])}"
    raise LibraryNotFound(f"lib{library} cannot be loaded ({hint}). Build it, install it, or name it in ARCORE_LIBRARY.")


def bind(dll, library, path):
    missing = []
    for name, (result, arguments, of) in _signatures.FUNCTIONS.items():
        if of != library:
            continue
        try:
            function = getattr(dll, name)
        except AttributeError:
            missing.append(name)
            continue
        function.restype, function.argtypes = result, arguments
    if missing:
        raise LibraryNotFound(f"{path} is of another version than this package: it lacks {', '.join(missing[:5])}"
                              + (" and others" if len(missing) > 5 else ""))
    dll.path = path
    return dll
