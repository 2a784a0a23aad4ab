"""What processes cost."""

import time

from collections.abc import Iterator
from pathlib import Path


PROCESS_CLOCK = 2
"""The kind of a processor clock that counts all threads, in Linux's numbering of clocks."""


def processor_seconds(process_id: int) -> float:
    """Tell how long *process_id* and its living descendants were on a processor (Linux only)."""
    return sum(_clock(one) for one in _family(process_id))


def peak_memory(process_id: int) -> int:
    """Tell the most bytes that *process_id* and its descendants had in memory (Linux only)."""
    return sum(_peak(one) for one in _family(process_id))


def _clock(process_id: int) -> float:
    try:
        return time.clock_gettime(~process_id << 3 | PROCESS_CLOCK)
    except OSError:  # It has ended.
        return 0.0


def _peak(process_id: int) -> int:
    try:
        lines = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def _family(process_id: int) -> Iterator[int]:
    yield process_id
    for children in Path(f"/proc/{process_id}/task").glob("*/children"):
        try:
            found = children.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in found:
            yield from _family(int(child))
