"""A disk that fails on demand: a layer between SQLite and the system, below all of our code.

SQLite reaches the system through a table of functions, its VFS. Here a copy of that table becomes
the default for this process, with our own functions for open, write, truncate, sync and delete.
They may refuse, and they keep a log from which the disk after a power cut is made. See "The SQLite
OS Interface or VFS", sqlite.org/vfs.html; the layout of the tables is that of sqlite3.h.
"""

from __future__ import annotations

import ctypes
import sqlite3
from ctypes import CFUNCTYPE, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path

import pytest

FULL = sqlite3.SQLITE_FULL
WRITE_FAILS = sqlite3.SQLITE_IOERR_WRITE
SYNC_FAILS = sqlite3.SQLITE_IOERR_FSYNC
SECTOR = 512
"""What a disk writes whole or not at all, bytes."""

_VFS_WORDS, _METHOD_WORDS = 21, 19
_NAME_AT, _OPEN_AT, _DELETE_AT = 3, 5, 6  # words of the VFS
_WRITE_AT, _TRUNCATE_AT, _SYNC_AT = 3, 4, 5  # words of the methods of a file

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


def works(operation, path):  # noqa: ARG001 - what a fault is asked with
    """Let every operation pass."""
    return 0


class FaultyDisk:
    """As a context manager: the disk that SQLite uses.

    ``fault`` is asked before each operation: its name (open, write, truncate, sync, delete) and
    the file's path, and gives 0 or the error code of SQLite to fail with. ``log`` is what was done,
    as (operation, file name, offset or size, content).
    """

    def __init__(self):
        self.fault = works
        self.log = []
        self._paths = {}
        self._methods = {}
        self._kept = []

    def __enter__(self):
        self._sqlite = sqlite_library()
        self._system = self._sqlite.sqlite3_vfs_find(None)
        words = (c_void_p * _VFS_WORDS).from_address(self._system)
        self._vfs = (c_void_p * _VFS_WORDS)(*words)
        self._vfs_name = ctypes.create_string_buffer(b"faulty")
        self._vfs[_NAME_AT] = ctypes.addressof(self._vfs_name)
        self._system_open = _OPEN(words[_OPEN_AT])
        self._system_delete = _DELETE(words[_DELETE_AT])
        self._vfs[_OPEN_AT] = self._pointer(_OPEN(self._open))
        self._vfs[_DELETE_AT] = self._pointer(_DELETE(self._delete))
        self._sqlite.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)
        return self

    def __exit__(self, *_):
        self._sqlite.sqlite3_vfs_register(self._system, 1)
        self._sqlite.sqlite3_vfs_unregister(ctypes.byref(self._vfs))

    def _pointer(self, function):
        self._kept.append(function)
        return ctypes.cast(function, c_void_p).value

    def _open(self, _, path, file, flags, out_flags):
        opened = Path(ctypes.string_at(path).decode() if path else "temporary")
        code = self.fault("open", opened)
        code = code or self._system_open(self._system, path, file, flags, out_flags)
        if not code:
            self._paths[file] = opened
            pointer = c_void_p.from_address(file)  # the first word of a file
            pointer.value = self._ours(pointer.value)
        return code

    def _ours(self, system):
        """Return the address of methods with our functions in the place of the system's."""
        if system not in self._methods:
            words = (c_void_p * _METHOD_WORDS).from_address(system)
            ours = (c_void_p * _METHOD_WORDS)(*words)
            for at, kind, make in (
                (_WRITE_AT, _WRITE, self._write),
                (_TRUNCATE_AT, _TRUNCATE, self._truncate),
                (_SYNC_AT, _SYNC, self._sync),
            ):
                ours[at] = self._pointer(kind(make(kind(words[at]))))
            self._methods[system] = ours
        return ctypes.addressof(self._methods[system])

    def _write(self, system):
        def write(file, content, length, offset):
            path = self._paths[file]
            code = self.fault("write", path) or system(file, content, length, offset)
            if not code:
                self.log.append(("write", path.name, offset, ctypes.string_at(content, length)))
            return code

        return write

    def _truncate(self, system):
        def truncate(file, size):
            path = self._paths[file]
            code = self.fault("truncate", path) or system(file, size)
            if not code:
                self.log.append(("truncate", path.name, size, b""))
            return code

        return truncate

    def _sync(self, system):
        def sync(file, flags):
            path = self._paths[file]
            code = self.fault("sync", path) or system(file, flags)
            if not code:
                self.log.append(("sync", path.name, 0, b""))
            return code

        return sync

    def _delete(self, _, path, sync_folder):
        deleted = Path(path.decode())
        code = self.fault("delete", deleted)
        code = code or self._system_delete(self._system, path, sync_folder)
        if not code:
            self.log.append(("delete", deleted.name, 0, b""))
        return code


def sqlite_library():
    """Return the SQLite that Python itself uses, or skip the test if it cannot be reached."""
    import _sqlite3

    try:
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = c_void_p
        library.sqlite3_vfs_find.argtypes = [c_char_p]
        library.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
        library.sqlite3_vfs_unregister.argtypes = [c_void_p]
    except (AttributeError, OSError):
        pytest.skip("this Python hides its SQLite, so no faults can be put below it")
    return library


def logged(folder):
    """Return the log of a disk that surely has the files of a folder, and nothing else."""
    return [
        entry
        for file in sorted(folder.iterdir())
        for entry in (("write", file.name, 0, file.read_bytes()), ("sync", file.name, 0, b""))
    ]


def after_power_cut(log, rng, folder):
    """Write the files as a disk may have them when the power fails after the operations of `log`.

    What was synced is there. Of what came after the last sync of its file each sector may be there
    or not, whatever the order in which it was written.
    """
    folder.mkdir()
    for name, (durable, pending) in _disk(log).items():
        content = bytearray(durable)
        for operation, at, piece in pending:
            if operation == "write":
                _write_sectors(content, at, piece, rng)
            elif rng.random() < 0.5:
                _resize(content, at)
        (folder / name).write_bytes(content)


def _disk(log):
    """Return by name what is surely on the disk, and the operations that may be."""
    files = {}
    for operation, name, at, piece in log:
        if operation == "delete":
            files.pop(name, None)  # file systems keep the order of names and syncs
            continue
        durable, pending = files.setdefault(name, (bytearray(), []))
        if operation == "sync":
            for kind, where, content in pending:
                _apply(durable, kind, where, content)
            pending.clear()
        else:
            pending.append((operation, at, piece))
    return files


def _apply(content, operation, at, piece):
    if operation == "truncate":
        _resize(content, at)
    else:
        _resize(content, max(len(content), at + len(piece)))
        content[at : at + len(piece)] = piece


def _write_sectors(content, at, piece, rng):
    for start in range(0, len(piece), SECTOR):
        if rng.random() < 0.5:
            _apply(content, "write", at + start, piece[start : start + SECTOR])


def _resize(content, size):
    del content[size:]
    content.extend(bytes(size - len(content)))
