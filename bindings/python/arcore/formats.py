# SPDX-License-Identifier: Apache-2.0
"""Named formats of texts with their check digits - IBAN, VAT numbers, unified credit codes ... -, and rules that ask for them. docs/validation.md has the list."""
from __future__ import annotations

import json
from ctypes import byref, c_void_p, string_at
from typing import NamedTuple

from . import capi
from ._error import make
from ._handle import out_text
from ._values import cstr
from .values import done


class Format(NamedTuple):
    name: str
    what: str
    what_zh: str


def check(format: str, text: str) -> bool:
    """Whether a text has the form a format asks, check digits included. NotFoundError: there is no such format."""
    raw = text.encode()
    status = capi.arc_format_check(cstr(format, "format"), raw, len(raw))
    if status == capi.ARC_E_VALUE:
        return False
    if status:
        raise make(status, f"there is no format {format!r}")
    return True


def all_formats() -> list[Format]:
    """All formats, in the order of their names."""
    found, name, what, zh = [], c_void_p(), c_void_p(), c_void_p()
    while capi.arc_format_get(byref(name), byref(what), byref(zh), len(found)) == 0:
        found.append(Format(*(string_at(one.value).decode() for one in (name, what, zh))))
    return found


def shipped_validation(entity: str, *, warning: bool = False) -> dict:
    """A shipped document of rules for "customer", "invoice_title", "bank_account" or "contact": definition_save("validation", entity, it) and publish it."""
    severity = capi.ARC_FAULT_WARNING if warning else capi.ARC_FAULT_ERROR
    status, text = out_text(lambda buffer, length: capi.arc_validation_shipped(buffer, length, cstr(entity, "entity"), severity))
    done(status, "entity")
    return json.loads(text)
