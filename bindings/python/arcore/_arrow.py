# SPDX-License-Identifier: Apache-2.0
"""The Arrow C data interface: streams out of queries, and streams into the library."""
import ctypes
import errno
from ctypes import POINTER, byref, c_char, c_void_p, cast, pointer, string_at

from . import capi
from ._error import make
from ._handle import gone
from ._values import u32

ArrayStream, Schema, Array = capi.ArrowArrayStream, capi.ArrowSchema, capi.ArrowArray
_GetSchema, _GetNext, _GetError, _Release = (dict(ArrayStream._fields_)[n] for n in ("get_schema", "get_next", "get_last_error", "release"))
_ReleaseArray, _ReleaseSchema = dict(Array._fields_)["release"], dict(Schema._fields_)["release"]
CODES = {errno.ENOMEM: capi.ARC_E_NOMEM, errno.EINVAL: capi.ARC_E_HANDLE}


class Owner:
    """An array got from a stream: released when the last who looks into its buffers is gone."""
    __slots__ = ("array", "__weakref__")

    def __init__(self):
        self.array = Array()

    def __del__(self):
        array = self.array
        if array.release:
            array.release(byref(array))


class FieldInfo:
    """What a stream's schema says of one column."""
    __slots__ = ("name", "format", "metadata")

    def __init__(self, schema):
        self.name, self.format = schema.name.decode(), schema.format.decode()
        start = cast(dict_field(schema, "metadata"), c_void_p).value
        self.metadata = metadata(start) if start else {}


def dict_field(schema, name):
    """Address kept in a pointer field: its text may hold NULs."""
    offset = getattr(Schema, name).offset
    return c_void_p.from_address(ctypes.addressof(schema) + offset)


def metadata(address):
    """Key -> value of Arrow's binary metadata."""
    n, at, found = ctypes.c_int32.from_address(address).value, address + 4, {}
    for _ in range(n):
        words = []
        for _ in range(2):
            length = ctypes.c_int32.from_address(at).value
            words.append(string_at(at + 4, length).decode())
            at += 4 + length
        found[words[0]] = words[1]
    return found


class Stream:
    """A running query as batches."""

    def __init__(self, query, rows=0):
        self._query, self._guard, self._context = query, query._guard, query._context
        self.c = None
        options, stream = capi.init(capi.arc_arrow_options), ArrayStream()
        options.batch_rows = u32(rows, "rows")
        query._call(capi.arc_query_arrow, byref(stream), byref(options))
        self.c = stream

    def _ask(self, function, out):
        guard = self._guard
        guard.enter()
        try:
            if self._context._pointer is None:
                raise gone(self._context, "query")
            if self.c is None:
                raise make(capi.ARC_E_HANDLE, "this stream has ended")
            code = function(byref(self.c), byref(out))
            if code:
                told = self.c.get_last_error(byref(self.c)) or b""
                raise make(CODES.get(code, capi.ARC_E_IO), told.decode("utf-8", "replace"))
        finally:
            guard.leave()

    def fields(self):
        """FieldInfo of each column."""
        schema = Schema()
        self._ask(self.c.get_schema, schema)
        try:
            return [FieldInfo(schema.children[i].contents) for i in range(schema.n_children)]
        finally:
            schema.release(byref(schema))

    def next(self):
        """The next batch as an Owner, or None."""
        owner = Owner()
        self._ask(self.c.get_next, owner.array)
        return owner if owner.array.release else None

    def close(self):
        stream, self.c = self.c, None
        if stream is not None and stream.release and self._context._pointer is not None:
            self._guard.free(release_stream, stream)

    def __del__(self):
        try:
            self.close()
        except Exception:  # see Handle
            pass


def release_stream(stream):
    if stream.release:
        stream.release(byref(stream))


# ---- the PyCapsule interface --------------------------------------------------------------------------------------------------

_python = ctypes.pythonapi
_NAME = b"arrow_array_stream"
_Destructor = ctypes.PYFUNCTYPE(None, c_void_p)
_new = ctypes.PYFUNCTYPE(ctypes.py_object, c_void_p, ctypes.c_char_p, _Destructor)(("PyCapsule_New", _python))
_pointer_of = ctypes.PYFUNCTYPE(c_void_p, ctypes.py_object, ctypes.c_char_p)(("PyCapsule_GetPointer", _python))
_raw_pointer_of = ctypes.PYFUNCTYPE(c_void_p, c_void_p, ctypes.c_char_p)(("PyCapsule_GetPointer", _python))
_kept = {}  # address of a stream in a capsule -> what it stands on


def _destroy(capsule):
    address = _raw_pointer_of(capsule, _NAME)
    stream = _kept.get(address)
    if stream is not None:
        release_stream(stream)
        _kept.pop(address, None)


_destroy_c = _Destructor(_destroy)


def serve(stream):
    """An ArrowArrayStream over a Stream: each call goes through the guard, so that it cannot outlive what it stands on."""
    made, told = ArrayStream(), []

    def answer(work):
        def run(_, out):
            try:
                work(out)
                return 0
            except Exception as error:
                told[:] = [str(error).encode()]
                return errno.ENOMEM if isinstance(error, MemoryError) else errno.EIO
        return run

    def get_schema(out):
        stream._ask(stream.c.get_schema, out.contents)

    def get_next(out):
        if stream.c is None:
            out.contents.release = cast(None, _ReleaseArray)
        else:
            stream._ask(stream.c.get_next, out.contents)

    def release(this):
        stream.close()
        this.contents.release = cast(None, _Release)

    made.get_schema, made.get_next = _GetSchema(answer(get_schema)), _GetNext(answer(get_next))
    made.get_last_error = cast(_error_function(told), _GetError)
    made.release = _Release(release)
    return made


_ErrorAddress = ctypes.CFUNCTYPE(c_void_p, c_void_p)


def _error_function(told):
    keep = []

    def last_error(_):
        keep[:] = [ctypes.create_string_buffer(told[0] if told else b"")]
        return ctypes.addressof(keep[0])
    return _ErrorAddress(last_error)


def stream_capsule(query):
    """The rows of a query as a capsule "arrow_array_stream"."""
    stream = serve(Stream(query))
    address = ctypes.addressof(stream)
    _kept[address] = stream
    return _new(address, _NAME, _destroy_c)


def from_capsule(capsule):
    """The ArrowArrayStream in a capsule, as a pointer; the capsule must be kept while it is used."""
    return cast(_pointer_of(capsule, _NAME), POINTER(ArrayStream))


# ---- streams made of Python buffers ---------------------------------------------------------------------------------------------

class Built:
    """A column ready to go in: Arrow format, length, buffers (validity first; None where absent) and number of NULLs."""
    __slots__ = ("format", "length", "buffers", "nulls")

    def __init__(self, format, length, buffers, nulls=0):
        self.format, self.length, self.buffers, self.nulls = format, length, buffers, nulls


def address_of(buffer):
    if buffer is None:
        return None
    view = memoryview(buffer)
    if view.nbytes == 0:
        return ctypes.addressof(_EMPTY)
    if view.readonly:
        return cast(ctypes.c_char_p(buffer), c_void_p).value if isinstance(buffer, bytes) else _read_only_address(view)
    return ctypes.addressof(c_char.from_buffer(view.cast("B") if view.ndim == 1 and view.contiguous else view))


_EMPTY = (ctypes.c_char * 8)()


class _Buffer(ctypes.Structure):
    _fields_ = [("buf", c_void_p), ("obj", ctypes.py_object), ("len", ctypes.c_ssize_t), ("itemsize", ctypes.c_ssize_t),
                ("readonly", ctypes.c_int), ("ndim", ctypes.c_int), ("format", ctypes.c_char_p), ("shape", c_void_p), ("strides", c_void_p),
                ("suboffsets", c_void_p), ("internal", c_void_p)]


def _read_only_address(view):
    raw = _Buffer()
    get = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, POINTER(_Buffer), ctypes.c_int)(("PyObject_GetBuffer", _python))
    drop = ctypes.PYFUNCTYPE(None, POINTER(_Buffer))(("PyBuffer_Release", _python))
    get(view, byref(raw), 0)
    address = raw.buf
    drop(byref(raw))
    return address


class Feed:
    """An ArrowArrayStream of one batch over Python buffers, which it keeps until the reader has released all."""

    def __init__(self, columns):
        self.columns = columns  # name -> Built
        self.length = next(iter(columns.values())).length if columns else 0
        self.given = False
        self.keep = []  # structs and callbacks of the schema and the batch
        self.c = ArrayStream()
        self._get = _GetSchema(self._schema), _GetNext(self._next), _GetError(lambda _: None), _Release(self._release)
        self.c.get_schema, self.c.get_next, self.c.release = self._get[0], self._get[1], self._get[3]
        self.c.get_last_error = self._get[2]
        self._free_schema = _ReleaseSchema(self._released)
        self._free_array = _ReleaseArray(self._released)

    @staticmethod
    def _released(this):
        this.contents.release = cast(None, type(this.contents.release))

    def _release(self, this):
        this.contents.release = cast(None, _Release)

    def _schema(self, _, out):
        children = []
        for name, built in self.columns.items():
            child = Schema(built.format.encode(), name.encode(), None, capi.ARROW_FLAG_NULLABLE, 0, None, None, self._free_schema, None)
            children.append(child)
        pointers = (POINTER(Schema) * max(1, len(children)))(*[pointer(c) for c in children])
        self.keep += [children, pointers]
        top = out.contents
        top.format, top.name, top.metadata, top.flags = b"+s", b"", None, 0
        top.n_children, top.children, top.release = len(children), pointers, self._free_schema
        return 0

    def _next(self, _, out):
        top = out.contents
        if self.given:
            top.release = cast(None, _ReleaseArray)
            return 0
        self.given = True
        children = []
        for built in self.columns.values():
            buffers = (c_void_p * len(built.buffers))(*[address_of(b) for b in built.buffers])
            self.keep.append(buffers)
            child = Array(built.length, built.nulls, 0, len(built.buffers), 0, cast(buffers, POINTER(c_void_p)), None, None, self._free_array, None)
            children.append(child)
        pointers = (POINTER(Array) * max(1, len(children)))(*[pointer(c) for c in children])
        none = (c_void_p * 1)(None)
        self.keep += [children, pointers, none]
        top.length, top.null_count, top.offset, top.n_buffers, top.n_children = self.length, 0, 0, 1, len(children)
        top.buffers, top.children, top.release = cast(none, POINTER(c_void_p)), pointers, self._free_array
        return 0
