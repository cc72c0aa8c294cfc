# SPDX-License-Identifier: Apache-2.0
"""One record class an entity of the schema: Customer, Invoice, Item ... Made from arc_schema_json() when the package is loaded."""
from ._record import make_classes as _make_classes

CLASSES = _make_classes()  # entity name -> class
for _class in CLASSES.values():
    _class.__module__ = __name__
    globals()[_class.__name__] = _class
del _class
