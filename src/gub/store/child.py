"""Becomes the embedded server, and dies with the GUB that started it. Run as a file; imports nothing of GUB.

Usage: child.py PARENT_PID PROGRAM [ARGUMENT...]

On Linux the kernel is asked to end this process when its parent ends, however that ends (prctl(2), PR_SET_PDEATHSIG; it
outlives the exec). SIGKILL, because it frees the directory at once and loses nothing: the server syncs each commit, and
opening after a kill is what its log is for. Elsewhere the next start ends what was left over (datadir.py).
"""

import contextlib
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask the kernel, make sure that the parent did not end before we asked, and become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # a C library without it: as on other systems
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the process that asked for this server is gone")
    os.execv(program[0], program)  # noqa: S606 - no shell is the point; the arguments are GUB's own


if __name__ == "__main__":
    main()
