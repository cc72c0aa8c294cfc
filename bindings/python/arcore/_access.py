# SPDX-License-Identifier: Apache-2.0
"""Users, roles and grants: who may see and do what. docs/permissions.md tells it as a story."""
from __future__ import annotations

import datetime
import json
from ctypes import byref, c_int64, c_uint32
from typing import Any, NamedTuple, TYPE_CHECKING

from . import capi
from ._error import make
from ._handle import text_call
from ._values import cstr, day_or_none, document, i64

if TYPE_CHECKING:
    from ._record import Record

MODES = {"single": capi.ARC_ACCESS_SINGLE, "roles": capi.ARC_ACCESS_ROLES}
NAMES = {number: name for name, number in MODES.items()}


class Verb(NamedTuple):
    """Whether a verb is offered for a record, and why not. `kind` is permission, rows, state or mode; "" when it is allowed."""
    verb: str
    label: str
    label_zh: str
    allowed: bool
    kind: str
    reason: str
    reason_zh: str


class AccessVerbs:
    """The part of Session that keeps users, roles and grants."""
    __slots__ = ()

    def access(self) -> dict:
        """What the actor may see and do, as Python objects."""
        return json.loads(text_call(self, capi.arc_access_json))

    def access_mode(self) -> str:
        """"single": every actor may do everything; "roles": roles decide."""
        mode = c_uint32()
        self._call(capi.arc_access_get_mode, byref(mode))
        return NAMES[mode.value]

    def access_set_mode(self, mode: str, *, request_key: str | None = None) -> None:
        """Sets the access mode; StateError when nobody could grant roles in the new one."""
        if mode not in MODES:
            raise make(capi.ARC_E_INVALID, f"a mode is one of {', '.join(MODES)}, not {mode!r}")
        self._change(request_key, capi.arc_access_set_mode, MODES[mode])

    def role_install_defaults(self, code: str | None = None, *, request_key: str | None = None) -> int:
        """Adds the shipped roles (or one of them) that the book does not have. Returns how many were added."""
        added = c_uint32()
        self._change(request_key, capi.arc_role_install_defaults, byref(added), cstr(code, "code"))
        return added.value

    def role_define(self, role: Any, *, request_key: str | None = None) -> int:
        """Defines a role from its document (a dict or JSON text). Returns its id."""
        raw, out = document(role), c_int64()
        self._change(request_key, capi.arc_role_define, byref(out), raw, len(raw))
        return out.value

    def role_revise(self, role: Any, version: int, document_: dict | str, *, request_key: str | None = None) -> None:
        """Puts another document in the place of a role's."""
        raw = document(document_)
        self._change(request_key, capi.arc_role_revise, i64(role, "role"), i64(version, "version"), raw, len(raw))

    def role_retire(self, role: Any, version: int, *, request_key: str | None = None) -> None:
        """Retires a role: it gives nothing any more."""
        self._change(request_key, capi.arc_role_retire, i64(role, "role"), i64(version, "version"))

    def role_grant(self, user: int, role: Any, *, org_unit: int | None = None, valid_from: datetime.date | None = None,
                   valid_to: datetime.date | None = None, reason: str | None = None, request_key: str | None = None) -> int:
        """Gives a role to a user, by ids or role code; org_unit is the team or region whose rows it reaches. Returns the grant's id."""
        if isinstance(role, str):
            found = self.find("role", code=role)
            if found is None:
                raise make(capi.ARC_E_REFERENCE, f"there is no role {role!r}", entity="role", field="code")
            role = found.id
        grant, out = capi.init(capi.arc_grant), c_int64()
        grant.user, grant.role, grant.org_unit = i64(user, "user"), i64(role, "role"), i64(org_unit or 0, "org_unit")
        grant.valid_from, grant.valid_to = day_or_none(valid_from, "valid_from"), day_or_none(valid_to, "valid_to")
        grant.reason = cstr(reason, "reason")
        self._change(request_key, capi.arc_role_grant, byref(out), byref(grant))
        return out.value

    def role_revoke(self, grant: int, reason: str, *, request_key: str | None = None) -> int:
        """Takes a grant back, at once. Returns the id of the row that does."""
        out = c_int64()
        self._change(request_key, capi.arc_role_revoke, byref(out), i64(grant, "grant"), cstr(reason, "reason"))
        return out.value

    def verbs_allowed(self, record: Record) -> list[Verb]:
        """Every verb for a record, allowed or not, with the reason: a list of Verb."""
        told = json.loads(text_call(self, capi.arc_verbs_allowed, record._live()))
        return [Verb(v["verb"], v.get("label", ""), v.get("label_zh", ""), v["allowed"], v.get("class", ""), v.get("reason", ""),
                     v.get("reason_zh", "")) for v in told]
