"""Root may write whatever file modes say; a server under test gives that up."""

from __future__ import annotations

import ctypes

DAC_OVERRIDE, CAPABILITY_VERSION = 1, 0x20080522


def obey_file_modes() -> None:
    """Let file modes hold for this process even where it runs as root: give the capability away."""
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * 6)()
    if libc.capget(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capget")
    for place in (0, 1, 2):  # effective, permitted, inheritable
        data[place] &= ~(1 << DAC_OVERRIDE)
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
