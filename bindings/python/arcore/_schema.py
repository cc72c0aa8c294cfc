# SPDX-License-Identifier: Apache-2.0
"""The schema of the library that is loaded, read once."""
import json
from ctypes import byref

from . import capi
from ._error import make
from ._handle import out_text

_document = None
_entities = None


class Field:
    """A field as the schema tells it."""
    __slots__ = ("name", "number", "type", "currency", "label", "help", "required", "derived", "size", "scale", "codes", "entity")

    def __init__(self, told):
        self.name, self.number, self.type = told["name"], told["number"], told["type"]
        for name in ("currency", "label", "help", "required", "derived", "size", "scale", "codes", "entity"):
            setattr(self, name, told.get(name))


class Entity:
    """An entity as the schema tells it."""
    __slots__ = ("name", "number", "label", "help", "reserved", "custom", "fields", "master")

    def __init__(self, told):
        self.name, self.number, self.label, self.help = told["name"], told["number"], told["label"], told.get("help", "")
        self.reserved, self.custom, self.master = told.get("reserved", False), told.get("custom", False), told.get("master", False)
        self.fields = {f["name"]: Field(f) for f in told["fields"]}


def document():
    """arc_schema_json() in English as Python objects."""
    global _document
    if _document is None:
        context = capi.arc_context()
        status = capi.arc_context_new(byref(context), None)
        if status < 0:
            raise make(status)
        try:
            length = capi.ctypes.c_size_t(0)
            capi.arc_schema_json(context, None, byref(length), b"en")
            status, text = out_text(lambda buffer, n: capi.arc_schema_json(context, buffer, n, b"en"))
            if status < 0:
                raise make(status)
            _document = json.loads(text)
        finally:
            capi.arc_context_free(context)
    return _document


def entities():
    """Name -> Entity."""
    global _entities
    if _entities is None:
        _entities = {e["name"]: Entity(e) for e in document()["entities"]}
    return _entities


def entity(name):
    """The Entity of a name, of a number, or of a record class."""
    if not isinstance(name, (str, int)):
        name = getattr(name, "_entity_name", name)
    if isinstance(name, int):
        for found in entities().values():
            if found.number == name:
                return found
    found = entities().get(name) if isinstance(name, str) else None
    if found is None:
        raise make(capi.ARC_E_NOT_FOUND, f"there is no entity {name!r}", entity=str(name)[:31])
    return found


def class_name(name):
    return "".join(part.capitalize() for part in name.split("_"))
