# SPDX-License-Identifier: Apache-2.0
"""Profiles of customers."""
from __future__ import annotations

import json
from ctypes import byref

from . import capi
from ._aging import seal_of
from ._handle import text_call
from ._values import day_or_none, i64, u32


def profile(session, customer, as_of, known_at, min_payments, most_rows):
    options = capi.init(capi.arc_profile_options)
    options.as_of, options.known_at = day_or_none(as_of, "as_of"), seal_of(session, known_at)
    options.min_payments, options.most_rows = u32(min_payments, "min_payments"), u32(most_rows, "most_rows")
    return json.loads(text_call(session, capi.arc_customer_profile, i64(customer, "customer"), byref(options)))
