#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Build backend (PEP 517): packs the package together with the built libarcore into a wheel for this platform.

usage by hand: arcore_backend.py FOLDER        writes the wheel there and prints its name

The library is the one ARCORE_LIBRARY names, else the newest of build/*/ in the source tree. No compiler is called: build it before.
The same sources and library give the same bytes: SOURCE_DATE_EPOCH is the time of the files, else 1980.
"""
import base64
import glob
import hashlib
import os
import re
import sys
import sysconfig
import time
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(HERE)
ROOT = os.path.dirname(os.path.dirname(PROJECT))
NAME = "arcore"


def version():
    with open(os.path.join(PROJECT, "arcore", "_constants.py"), encoding="utf-8") as f:
        return re.search(r"^ARC_VERSION_STRING = '([^']+)'", f.read(), re.M)[1]


def platform_tag():
    return "py3-none-" + re.sub(r"[-.]", "_", sysconfig.get_platform())


def libraries():
    """The library, and its companions that stand beside it: path -> name in the wheel."""
    given = os.environ.get("ARCORE_LIBRARY")
    if given and os.path.isdir(given):
        given = os.path.join(given, "libarcore.so")
    found = [given] if given else sorted(glob.glob(os.path.join(ROOT, "build", "*", "libarcore.so")), key=os.path.getmtime)
    if not found or not os.path.exists(found[-1]):
        raise SystemExit("no libarcore.so: build it first (cmake --preset release && cmake --build --preset release), or name it in ARCORE_LIBRARY")
    return {os.path.realpath(found[-1]): "arcore/libarcore.so"}


def metadata():
    with open(os.path.join(PROJECT, "README.md"), encoding="utf-8") as f:
        readme = f.read()
    return (f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version()}\nSummary: Accounts receivable as a library: Python binding of libarcore\n"
            "License: Apache-2.0\nRequires-Python: >=3.9\nClassifier: Programming Language :: Python :: 3\nClassifier: Typing :: Typed\n"
            "Description-Content-Type: text/markdown\n\n" + readme)


def wheel_text():
    return f"Wheel-Version: 1.0\nGenerator: arcore_backend\nRoot-Is-Purelib: false\nTag: {platform_tag()}\n"


def sources():
    """Name in the wheel -> bytes of the package's own files."""
    found = {}
    for folder, names, entries in os.walk(os.path.join(PROJECT, "arcore")):
        names[:] = sorted(n for n in names if n != "__pycache__")
        for entry in sorted(entries):
            if entry.endswith((".py", ".pyi", "py.typed")):
                path = os.path.join(folder, entry)
                with open(path, "rb") as f:
                    found[os.path.relpath(path, PROJECT).replace(os.sep, "/")] = f.read()
    return found


def file_time():
    epoch = max(int(os.environ.get("SOURCE_DATE_EPOCH", "315532800")), 315532800)  # zip knows nothing before 1980
    return time.gmtime(epoch)[:6]


def dist_info():
    return f"{NAME}-{version()}.dist-info"


def get_requires_for_build_wheel(config_settings=None):
    return []


def get_requires_for_build_sdist(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = os.path.join(metadata_directory, dist_info())
    os.makedirs(folder, exist_ok=True)
    for name, text in (("METADATA", metadata()), ("WHEEL", wheel_text())):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as f:
            f.write(text)
    return dist_info()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = sources()
    for path, name in libraries().items():
        with open(path, "rb") as f:
            files[name] = f.read()
    info = dist_info()
    files[f"{info}/METADATA"], files[f"{info}/WHEEL"] = metadata().encode(), wheel_text().encode()
    with open(os.path.join(ROOT, "LICENSE"), "rb") as f:
        files[f"{info}/LICENSE"] = f.read()
    record = []
    for name, data in sorted(files.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{len(data)}\n")
    files[f"{info}/RECORD"] = "".join(record + [f"{info}/RECORD,,\n"]).encode()
    os.makedirs(wheel_directory, exist_ok=True)
    made = f"{NAME}-{version()}-{platform_tag()}.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, made), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, file_time())
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
            archive.writestr(entry, data)
    return made


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("the package is a part of the source tree of libarcore: build the wheel from there")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(os.path.join(sys.argv[1], build_wheel(sys.argv[1])))
