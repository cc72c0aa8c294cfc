# SPDX-License-Identifier: Apache-2.0
"""Type stubs with documentation: of the low level from the headers, of the records from the schema."""
import ctypes
import json
import re

import headers

PYTHON = {"int": "int", "bool": "bool", "text": "str", "date": "datetime.date", "stamp": "datetime.datetime", "money": "Decimal",
          "code": "str", "json": "Any", "decimal": "Decimal", "blob": "bytes", "id": "int"}
SETTABLE = {"money": "Union[Decimal, int, str, Money]", "decimal": "Union[Decimal, int, str]"}


def safe(name):
    return name + "_" if name in ("from", "in", "is", "not", "and", "or", "def", "class", "global", "pass", "print") else name


def plain_type(text, result=False):
    if isinstance(text, headers.Function):
        return "Any"
    base = re.sub(r"\b(const|struct)\b", " ", text)
    if "*" in base:
        return "Optional[bytes]" if result and base.replace(" ", "") == "char*" else "Any"
    base = base.strip()
    if base == "void":
        return "None"
    return "int" if re.fullmatch(r"u?int\d*(_t)?|size_t|arc_status|arc_date|arc_stamp|arc_field_id", base) else "Any"


def docstring(text, indent):
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if text.endswith('"'):
        text += " "
    lines = text.split("\n")
    return [f'{indent}"""' + lines[0]] + [(indent + line).rstrip() for line in lines[1:]]


def capi(api):
    lines = ['"""The C API as it is: one Python function a C function. See docs/python.md, "The low level"."""',
             "from typing import Any, Optional", "from ._constants import *", "from ._signatures import *", ""]
    for name, f in sorted(api.functions.items()):
        params = ", ".join(f"{safe(n) if n else f'arg{i}'}: {plain_type(t)}" for i, (t, n) in enumerate(f.params))
        lines += ["", f"def {name}({params}) -> {plain_type(f.result, True)}:"]
        doc = docstring(f.doc or f"See arcore/{f.header}.", "    ")
        doc[-1] += '"""'
        lines += doc
    return "\n".join(lines + [""])


def field_line(entity, field):
    kind = PYTHON.get(field["type"], "Any")
    words = [field["label"], field.get("help", "")]
    if field.get("codes"):
        words.append("One of the codes " + field["codes"] + ".")
    if field.get("entity"):
        words.append("Id of: " + field["entity"] + ".")
    if field.get("currency"):
        words.append("In major units of the currency in " + field["currency"] + ".")
    flags = [w for w in ("required", "verb", "derived", "immutable", "personal") if field.get(w)]
    if flags:
        words.append("(" + ", ".join(flags) + ")")
    name = field["name"]
    doc = ". ".join(w.rstrip(".") for w in words if w and not w.startswith("("))
    doc += "." + (" " + words[-1] if flags else "")
    lines = ["    @property", f"    def {name}(self) -> Optional[{kind}]:"]
    text = docstring(doc, "        ")
    text[-1] += '"""'
    lines += text
    if not field.get("derived"):
        value = SETTABLE.get(field["type"], kind)
        lines += [f"    @{name}.setter", f"    def {name}(self, value: Optional[{value}]) -> None: ..."]
    return lines


def schema(library):
    """arc_schema_json() of a library, without the package: it may not stand yet."""
    dll = ctypes.CDLL(library)
    context, length = ctypes.c_void_p(), ctypes.c_size_t(0)
    dll.arc_context_new(ctypes.byref(context), None)
    dll.arc_schema_json(context, None, ctypes.byref(length), b"en")
    length.value += 1
    text = ctypes.create_string_buffer(length.value)
    status = dll.arc_schema_json(context, text, ctypes.byref(length), b"en")
    dll.arc_context_free.argtypes = [ctypes.c_void_p]
    dll.arc_context_free(context)
    if status != 0:
        raise RuntimeError(f"arc_schema_json: {status}")
    return json.loads(text.value)


def entities(library):
    lines = ['"""One record class an entity of the schema. Made from arc_schema_json() when the package is loaded."""',
             "import datetime", "from decimal import Decimal", "from typing import Any, Dict, Optional, Type, Union",
             "from ._record import Record", "from ._values import Money", ""]
    for entity in schema(library)["entities"]:
        if entity.get("reserved"):
            continue
        lines += ["", f"class {''.join(part.capitalize() for part in entity['name'].split('_'))}(Record):"]
        text = docstring(f"{entity['label']}: {entity['help']}" if entity.get("help") else entity["label"], "    ")
        text[-1] += '"""'
        lines += text
        for field in entity["fields"]:
            lines += field_line(entity, field)
    lines += ["", "CLASSES: Dict[str, Type[Record]]", ""]
    return "\n".join(lines)
