# SPDX-License-Identifier: Apache-2.0
"""The base of all exceptions, and how a status becomes one."""


class Error(Exception):
    """The library refused or failed. One subclass a status (NotFoundError, StaleError ...), grouped in families
    (ArgumentError, RefusedError, TransactionError, StoreError).

    status       number as in arcore/status.h, for example -22
    name         its name, for example "ARC_E_STALE"
    retryable    True when trying the same call again, unchanged, can succeed
    entity, field, pointer, sqlstate   "" when not known
    rule         name of the validation rule that does not hold, "" when none
    id           id of the row concerned, 0 when none
    row          position in the batch or line of the input, -1 when none
    vendor_code  the store's own code, 0 when none
    message, message_zh   one line in English and in Chinese
    """

    status = 0

    def __init__(self, message="", status=None, *, message_zh="", entity="", field="", pointer="", sqlstate="", rule="", id=0,
                 row=-1, vendor_code=0, retryable=False, name=""):
        super().__init__(message)
        if status is not None:
            self.status = status
        self.message, self.message_zh, self.name, self.retryable = message, message_zh, name, retryable
        self.entity, self.field, self.pointer, self.sqlstate, self.rule = entity, field, pointer, sqlstate, rule
        self.id, self.row, self.vendor_code = id, row, vendor_code

    def __str__(self):
        words = [f"{self.name or self.status}: {self.message}"]
        if self.entity or self.field:
            words.append("at " + ".".join(filter(None, [self.entity, self.field])) + (f" {self.id}" if self.id else ""))
        if self.pointer:
            words.append("in " + self.pointer)
        if self.row >= 0:
            words.append(f"row {self.row}")
        return ", ".join(words)

    def __reduce__(self):
        return _rebuild, (type(self), self.message, {k: v for k, v in self.__dict__.items() if k != "message"})


class NeedsApproval(Error):
    """ARC_NEEDS_APPROVAL (2): the call was stored as a pending change and waits for somebody else; nothing else has happened.

    `id` is the pending change, a row of "pending_change".
    """


def _rebuild(cls, message, attributes):
    made = cls(message)
    made.__dict__.update(attributes)
    return made


def of_status(status):
    from ._status import BY_STATUS
    return NeedsApproval if status == 2 else BY_STATUS.get(status, Error)


def make(status, message="", **details):
    """An exception for a status, found on this side of the border."""
    from . import capi
    details.setdefault("retryable", bool(capi.arc_status_retryable(status)))
    return of_status(status)(message or capi.arc_status_text(status, b"en").decode(), status,
                             message_zh=details.pop("message_zh", capi.arc_status_text(status, b"zh").decode()),
                             name=capi.arc_status_name(status).decode(), **details)


def text_of(raw):
    return raw.decode("utf-8", "replace")


def from_struct(status, e):
    """An exception from what arc_..._error() told. The handle may have kept an older error: then the status alone speaks."""
    if e.status != status:
        return make(status)
    return make(status, text_of(e.message), message_zh=text_of(e.message_zh), entity=text_of(e.entity), field=text_of(e.field),
                pointer=text_of(e.pointer), sqlstate=text_of(e.sqlstate), rule=text_of(e.rule), id=e.id, row=e.row, vendor_code=e.vendor_code,
                retryable=bool(e.retryable))
