# SPDX-License-Identifier: Apache-2.0
"""The C API as it is: handles, structs, constants and functions, with their types checked by ctypes.

    from arcore import capi
    capi.arc_version_string()                  # b'0.1.0'

Nothing here looks at a returned status, keeps callbacks alive or closes handles: that is what the rest of the package is for.
What may raise inside a callback must be caught there.
"""
import ctypes

from . import _signatures
from ._constants import *  # noqa: F401,F403
from ._library import load
from ._signatures import *  # noqa: F401,F403

library = load()
_others = {}


def __getattr__(name):
    known = _signatures.FUNCTIONS.get(name)
    if known is None:
        raise AttributeError(f"the C API has no {name}")
    of = known[2]
    if of != "arcore" and of not in _others:
        _others[of] = load(of)
    function = getattr(library if of == "arcore" else _others[of], name)
    globals()[name] = function
    return function


def __dir__():
    return sorted(set(globals()) | set(_signatures.FUNCTIONS))


def init(struct):
    """A struct with its defaults: what its INIT macro holds in C."""
    made = struct()
    made.struct_size = ctypes.sizeof(struct)
    function = getattr(library, struct.__name__ + "_init", None)
    if function is not None:
        function(made)
    return made

