# SPDX-License-Identifier: Apache-2.0
"""Templates of letters, mails and text messages; amounts and dates as readers of a language expect them."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_char_p
from typing import Any, Mapping

from . import capi
from ._error import Error, from_struct
from ._handle import Handle, callback, out_text, text_call
from ._values import Money, cstr, day_number, document
from .values import c_money, choice, done

ESCAPES = {"none": capi.ARC_ESCAPE_NONE, "html": capi.ARC_ESCAPE_HTML, "header": capi.ARC_ESCAPE_HEADER}
AMOUNTS = {"symbol": capi.ARC_FORMAT_SYMBOL, "number": capi.ARC_FORMAT_NUMBER, "code": capi.ARC_FORMAT_CODE}
DATES = {"short": capi.ARC_FORMAT_SHORT, "long": capi.ARC_FORMAT_LONG}


def raising_faults(call, function, raw, pending, *before):
    """Calls function(.., document, report, NULL); the exception has all faults in `faults`."""
    found = []

    def run(_, fault):
        e = fault.contents
        found.append(from_struct(e.status, e))
        return 0
    try:
        call(function, *before, raw, len(raw), callback(capi.arc_fault_fn, pending, run), None)
    except Error as error:
        error.faults = found
        raise


class Template(Handle):
    """A template from its document: Template(context, {...}); what is wrong is raised, with all faults in the exception's `faults`.

    session.template(code) opens the published one, Template.mustache(context, text) makes one from plain Mustache.
    """
    __slots__ = ()
    _free, _error = "arc_template_free", "arc_template_error"

    def __init__(self, context, document_: dict | str | None = None, *, _pointer=None):
        if _pointer is None:
            out = capi.arc_template()
            raising_faults(context._call, capi.arc_template_load, document(document_), context._pending, byref(out))
            _pointer = out.value
        super().__init__(_pointer, context._new_guard(), context)

    @classmethod
    def mustache(cls, context, text: str, *, partials: Mapping[str, str] | None = None, escape: str = "html", max_output: int = 0) -> Template:
        """Plain Mustache without a view: what a view lacks prints nothing. escape: "html", "none" or "header"."""
        options, out, raw = capi.init(capi.arc_template_options), capi.arc_template(), text.encode()
        names, texts = [cstr(n, "name") for n in partials or {}], [cstr(t, "text") for t in (partials or {}).values()]
        options.escape, options.max_output, options.n_partials = choice(ESCAPES, escape, "escape"), max_output, len(names)
        options.partial_names = (c_char_p * max(len(names), 1))(*names)
        options.partial_texts = (c_char_p * max(len(texts), 1))(*texts)
        context._call(capi.arc_template_compile, byref(out), raw, len(raw), byref(options))
        return cls(context, _pointer=out.value)

    def render(self, view: Any, part: str = "body", *, channel: str | None = None, language: str | None = None) -> str:
        """One part - "subject", "body" or "text" - for one reader. view: the values, as JSON text or Python objects: amounts are Moneys, Decimals or
        text, dates are dates. A Money is refused where the view says another currency."""
        raw = document(view)
        return text_call(self, capi.arc_template_render, cstr(part, "part"), raw, len(raw), cstr(channel, "channel"), cstr(language, "language"))

    def preview(self, view: Any = None, *, channel: str | None = None, language: str | None = None) -> dict:
        """All parts of a variant; view None: the document's own sample."""
        raw = None if view is None else document(view)
        return json.loads(text_call(self, capi.arc_template_preview, raw, len(raw or b""), cstr(channel, "channel"), cstr(language, "language")))

    def variables(self) -> dict:
        """What it names ("tags") and what its view offers ("offers")."""
        return json.loads(text_call(self, capi.arc_template_variables))


def _text(call):
    status, text = out_text(call)
    done(status)
    return text.decode()


def format_amount(amount: Money, language: str, style: str = "symbol") -> str:
    """An amount for readers: style "symbol" ($1,234.50), "number" (1,234.50) or "code" (USD 1,234.50)."""
    value, how = c_money(amount), choice(AMOUNTS, style, "style")
    return _text(lambda buffer, length: capi.arc_money_format(buffer, length, byref(value), cstr(language, "language"), how))


def format_date(date: datetime.date, language: str, style: str = "short") -> str:
    """A date for readers: style "short" for tables, "long" for sentences."""
    how = choice(DATES, style, "style")
    return _text(lambda buffer, length: capi.arc_date_format(buffer, length, day_number(date), cstr(language, "language"), how))


def capital(amount: Money) -> str:
    """Chinese capital figures: 人民币壹仟元整."""
    value = c_money(amount)
    return _text(lambda buffer, length: capi.arc_money_capital(buffer, length, byref(value)))
