# SPDX-License-Identifier: Apache-2.0
"""Reads the public headers: functions, structs, callbacks, constants and their documentation.

The headers are written in one plain style (docs/conventions.md), so a small reader is enough: it refuses what it does not
understand instead of guessing.
"""
import os
import re

# Headers of parts that are libraries of their own, by the name of that library.
LIBRARIES = {"postgresql.h": "arcore_postgresql", "sodium.h": "arcore_sodium"}


class Unreadable(Exception):
    """A declaration this reader does not know how to read."""


class Function:
    def __init__(self, name, result, params, doc, header, library):
        self.name, self.result, self.params = name, result, params  # params: [(C type, name)]
        self.doc, self.header, self.library = doc, header, library


class Struct:
    def __init__(self, name, fields, kind="Structure"):
        self.name, self.fields, self.kind = name, fields, kind  # fields: [(C type or Function or Struct, name, array length)]


class Api:
    """What all headers say together."""

    def __init__(self):
        self.functions, self.structs, self.callbacks, self.handles = {}, {}, {}, []
        self.constants, self.aliases, self.inits = {}, {}, {}
        self.documents = {}


def strip_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def split_top(text, mark=","):
    """Parts between marks that are outside of parentheses and braces."""
    parts, depth, start = [], 0, 0
    for i, ch in enumerate(text):
        depth += ch in "({["
        depth -= ch in ")}]"
        if ch == mark and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return [p.strip() for p in parts if p.strip()]


CALLBACK = re.compile(r"^(?P<result>.+?)\(\s*\*\s*(?P<name>\w+)\s*\)\s*\((?P<params>.*)\)$", re.S)
DECLARATION = re.compile(r"^(?P<type>.*?[\s*])(?P<name>\w+)\s*(?:\[(?P<length>[^\]]*)\])?$", re.S)


def read_params(text):
    text = squeeze(text)
    if text in ("", "void"):
        return []
    params = []
    for part in split_top(text):
        m, call = DECLARATION.match(part), CALLBACK.match(part)
        if call:
            params.append((Function("", squeeze(call["result"]), read_params(call["params"]), "", "", ""), call["name"]))
        elif m and m["length"] is not None:
            params.append((squeeze(m["type"]) + " *", m["name"]))
        elif m and m["type"].strip() not in ("const", "struct", "unsigned"):
            params.append((squeeze(m["type"]), m["name"]))
        else:  # no name
            params.append((squeeze(part), ""))
    return params


def read_fields(body, where):
    fields = []
    for part in split_top(body, ";"):
        part = squeeze(part)
        inner = re.match(r"^union \{(.*)\} (\w+)$", part)
        call = CALLBACK.match(part)
        if inner:
            fields.append((Struct(where + "_" + inner[2], read_fields(inner[1], where), "Union"), inner[2], None))
        elif call:
            fields.append((Function("", squeeze(call["result"]), read_params(call["params"]), "", "", ""), call["name"], None))
        else:
            first, *others = split_top(part)  # "arc_date a, b;" declares two
            m = DECLARATION.match(first)
            if not m or any(not re.fullmatch(r"\w+", name) for name in others) or (others and m["length"]):
                raise Unreadable(f"{where}: {part}")
            fields.append((squeeze(m["type"]), m["name"], m["length"]))
            fields += [(squeeze(m["type"]), name, None) for name in others]
    return fields


def constant(value, known):
    """The value of a #define as a Python value, or None when it is no constant."""
    value = squeeze(strip_comments(value))
    m = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', value)
    if m:
        return m[1]
    value = re.sub(r"\bU?INT64_C\(([^)]*)\)", r"\1", value)
    value = re.sub(r"\bINT32_MIN\b", "(-2147483648)", value)
    value = re.sub(r"\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]+\b", r"\1", value)
    value = re.sub(r"\(u?int\d+_t\)", "", value)
    names = set(re.findall(r"\b[A-Za-z_]\w*\b", re.sub(r"\b0[xX][0-9a-fA-F]+\b", "0", value)))
    if re.fullmatch(r"'(.)'", value):
        return ord(value[1])
    if not value or not re.fullmatch(r"[\w\s+\-*/()|<~]+", value) or not names <= set(known):
        return None
    result = eval(value, {"__builtins__": {}}, dict(known))  # digits, operators and names of constants only
    return result if isinstance(result, int) else None


def doc_before(text, at):
    """The /** ... */ block that ends right before a declaration."""
    m = re.search(r"/\*\*((?:(?!\*/).)*)\*/\s*$", text[:at], re.S)
    if not m:
        return ""
    lines = [re.sub(r"^\s*\*? ?", "", line).rstrip() for line in m[1].strip().splitlines()]
    return "\n".join(lines).strip()


def read_defines(api, text):
    joined = re.sub(r"\\\n", " ", strip_comments(text))
    for m in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(ARC_\w+|ARROW_FLAG_\w+)(\([^)]*\))?[ \t]*(.*)$", joined, re.M):
        name, params, body = m[1], m[2], m[3]
        if params or name in ("ARC_API", "ARC_BEGIN_DECLS", "ARC_END_DECLS"):
            continue
        value = constant(body, api.constants)
        if value is not None:
            api.constants[name] = value
            continue
        if name.endswith(("_INIT", "_DEFAULT")):
            api.inits[name] = squeeze(body)
        elif name != "ARC_BACKEND_HEAD" and not name.endswith("_H"):
            raise Unreadable(f"constant {name}: {body}")


def read_types(api, text):
    code = strip_comments(re.sub(r"^[ \t]*#.*(?:\\\n.*)*$", "", text, flags=re.M))
    for m in re.finditer(r"\btypedef struct (\w+) \1;", code):
        api.handles.append(m[1])
    for m in re.finditer(r"(?:typedef )?struct (\w+) \{((?:[^{}]|\{[^{}]*\})*)\}\s*(\w*);", code):
        name = m[3] or m[1]
        api.structs[name] = Struct(name, read_fields(m[2], name))
    for m in re.finditer(r"\btypedef ([^;{}]*?)\(\s*\*\s*(\w+)\s*\)\s*\(([^;]*?)\)\s*;", code):
        api.callbacks[m[2]] = Function(m[2], squeeze(m[1]), read_params(m[3]), "", "", "")
    for m in re.finditer(r"\btypedef (u?int\d+_t) (\w+);", code):
        api.aliases[m[2]] = m[1]


FUNCTION = re.compile(r"^ARC_API\s+([^;{]*?[\s*])(arc_\w+)\s*\(([^;{]*?)\)\s*;", re.M | re.S)


def read_header(api, path, header):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    read_defines(api, text)
    read_types(api, text)
    m = re.search(r"/\*\* @file.*?\*/", text, re.S)
    api.documents[header] = m[0] if m else ""
    for m in FUNCTION.finditer(text):
        name = m[2]
        library = LIBRARIES.get(header) or ("arcore_testkit" if name.startswith("arc_testkit_") else "arcore")
        api.functions[name] = Function(name, squeeze(m[1]), read_params(strip_comments(m[3])), doc_before(text, m.start()),
                                       header, library)
    declared = len(re.findall(r"^\s*ARC_API\b", text, re.M))
    found = len(FUNCTION.findall(text))
    if declared != found:
        raise Unreadable(f"{header}: {declared} functions declared, {found} read")


def order(root):
    """The headers, each behind those it includes."""
    done, found = [], []
    base = os.path.join(root, "include", "arcore")
    for folder, names, entries in os.walk(base):
        names.sort()
        found += [os.path.relpath(os.path.join(folder, e), base) for e in sorted(entries) if e.endswith(".h")]

    def visit(header):
        if header in done:
            return
        with open(os.path.join(base, header), encoding="utf-8") as f:
            includes = re.findall(r'#include "arcore/([\w/]+\.h)"', f.read())
        for name in includes:
            visit(name)
        done.append(header)

    for header in found:
        visit(header)
    return done


def read(root):
    """Everything that include/arcore of a source tree declares."""
    api = Api()
    for header in order(root):
        read_header(api, os.path.join(root, "include", "arcore", header), header)
    api.handles = sorted(set(api.handles) - set(api.structs))
    return api
