# SPDX-License-Identifier: Apache-2.0
"""Handles of the library as Python objects: who may call, who frees, and when.

A book and everything made from it is used by one thread at a time. Python threads that break this, and the garbage collector,
which may run in any of them, are kept apart by a guard a book: a call that finds it taken raises HandleError, a finalizer that
finds it taken leaves the handle to whoever has it.
"""
import collections
import threading
from ctypes import byref

from . import capi
from ._error import from_struct, make

_ERROR_SIZE = capi.ctypes.sizeof(capi.arc_error)
get_ident = threading.get_ident
NEEDS_APPROVAL = capi.ARC_NEEDS_APPROVAL  # a positive status nobody may overlook


class Guard:
    """One at a time: a book with everything made from it. `pending` is the context's: thread -> what its callback raised."""
    __slots__ = ("lock", "owner", "user", "is_shut", "deferred", "pending", "__weakref__")

    def __init__(self, pending):
        self.lock = threading.Lock()
        self.owner = 0     # the thread whose callback is running, and may call
        self.user = False  # True while a call is inside; a finalizer that has the lock leaves it False
        self.is_shut = False
        self.deferred = collections.deque()  # (function, pointer) of handles to free
        self.pending = pending

    def enter(self):
        if self.owner and self.owner != get_ident() or not self.lock.acquire(False):
            # A finalizer that has it is gone in a moment.
            if self.is_shut:
                raise make(capi.ARC_E_HANDLE, "the context is closed")
            if self.user or self.owner or not self.lock.acquire(True, 5):
                raise make(capi.ARC_E_HANDLE, "the book is in use: by another thread, or by the call this callback belongs to")
        self.user = True
        if self.deferred:
            self.free_deferred()

    def leave(self):
        if self.deferred:
            self.free_deferred()
        self.user = False
        self.lock.release()
        if self.pending:
            throw(self.pending)

    def free_deferred(self):
        while self.deferred:
            try:
                function, pointer = self.deferred.popleft()
            except IndexError:
                return
            function(pointer)

    def free(self, function, pointer):
        """Frees a handle now, or lets the one who is inside do it."""
        if self.owner in (0, get_ident()) and self.lock.acquire(False):
            try:
                function(pointer)
                self.free_deferred()
            finally:
                self.lock.release()
        else:
            self.deferred.append((function, pointer))
            if not self.owner and self.lock.acquire(False):  # it left meanwhile
                try:
                    self.free_deferred()
                finally:
                    self.lock.release()

    def open_inside(self):
        """The call that is inside runs a callback that may use the book."""
        saved = self.lock, self.owner, self.user
        self.lock, self.owner, self.user = threading.Lock(), get_ident(), False
        return saved

    def close_inside(self, saved):
        self.lock, self.owner, self.user = saved

    def shut(self):
        """Takes the guard for good; False when someone is inside."""
        self.is_shut = not self.owner and self.lock.acquire(False)
        return self.is_shut

    def unshut(self):
        self.is_shut = False
        self.lock.release()


class SharedGuard:
    """Any number at a time: a context, a calendar."""
    __slots__ = ("lock", "inside", "pending", "is_shut", "__weakref__")

    def __init__(self, pending):
        self.lock, self.inside, self.pending, self.is_shut = threading.Lock(), 0, pending, False

    def enter(self):
        with self.lock:
            if self.is_shut:
                raise make(capi.ARC_E_HANDLE, "it is closed, or being closed")
            self.inside += 1

    def leave(self):
        with self.lock:
            self.inside -= 1
        if self.pending:
            throw(self.pending)

    def free(self, function, pointer):
        if not self.shut():
            raise make(capi.ARC_E_HANDLE, "it is in use by another thread")
        function(pointer)

    def shut(self):
        with self.lock:
            if self.inside or self.is_shut:
                return False
            self.is_shut = True
            return True

    def unshut(self):
        with self.lock:
            self.is_shut = False


def throw(pending):
    """Raises what a callback of this thread raised."""
    raised = pending.pop(get_ident(), None)
    if raised is not None:
        raise raised


def gone(context, what="context"):
    """The exception for a use after close, or on the other side of fork()."""
    if context._forked:
        return make(capi.ARC_E_FORK)
    return make(capi.ARC_E_HANDLE, f"this {what} is closed")


class Handle:
    """A handle made from a book. `_context` is kept so that it outlives this; `_guard` is its book's."""
    __slots__ = ("_pointer", "_guard", "_context", "__weakref__")
    _free = None   # name of the C function that frees it
    _error = None  # name of the C function that tells its last error

    def __init__(self, pointer, guard, context):
        self._pointer, self._guard, self._context = pointer, guard, context

    @property
    def closed(self):
        """True once it was closed, or the context was."""
        return self._pointer is None or self._context._pointer is None

    def _live(self):
        if self._pointer is None or self._context._pointer is None:
            raise gone(self._context, type(self).__name__.lower())
        return self._pointer

    def _call(self, function, *arguments):
        """Calls with this handle as first argument. A negative status is raised with the handle's details."""
        guard = self._guard
        guard.enter()
        try:
            status = function(self._live(), *arguments)
            if (status < 0 or status == NEEDS_APPROVAL) and get_ident() not in guard.pending:
                raise self._failure(status)
        finally:
            guard.leave()
        return status

    def _failure(self, status):
        """The exception for a status just returned; the guard is held."""
        details = capi.arc_error()
        details.struct_size = _ERROR_SIZE
        pointer = self._pointer
        if self._error is None or pointer is None or getattr(capi, self._error)(pointer, byref(details)) < 0:
            return make(status)
        return from_struct(status, details)

    def close(self):
        """Frees the handle; a second time does nothing."""
        pointer = self._pointer
        if pointer is not None and self._context._pointer is not None:
            self._guard.free(getattr(capi, self._free), pointer)
        self._pointer = None

    def __del__(self):
        try:
            self.close()
        except Exception:  # an interpreter on its way out has lost its modules, and the process gives all back
            pass

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()


def out_text(call):
    """What a (char *buf, size_t *len) call writes. `call(buffer, length)` returns the status."""
    length = capi.ctypes.c_size_t(4096)
    while True:
        buffer = capi.ctypes.create_string_buffer(length.value)
        status = call(buffer, byref(length))
        if status != capi.ARC_E_BUFFER:
            return status, buffer.raw[:length.value]
        length.value += 1


def text_call(handle, function, *arguments):
    """The text of function(handle, buf, len, *arguments)."""
    result = []

    def call(pointer):
        status, text = out_text(lambda buffer, length: function(pointer, buffer, length, *arguments))
        result.append(text)
        return status
    handle._call(call)
    return result[0].decode()


def callback(kind, pending, function, stop=1):
    """A Python function as a C callback. What it raises waits in `pending` until the call it stops has returned."""
    def run(*arguments):
        if pending and get_ident() in pending:
            return stop
        try:
            return function(*arguments)
        except BaseException as error:
            pending[get_ident()] = error
            return stop

    return kind(run)


def null(kind):
    """The NULL of a callback type."""
    return capi.ctypes.cast(None, kind)


def c_progress(pending, function):
    """A C progress callback: function(done, total), which may return True to stop."""
    if function is None:
        return null(capi.arc_progress_fn)
    return callback(capi.arc_progress_fn, pending, lambda _, done, total: int(function(done, total) is True))
