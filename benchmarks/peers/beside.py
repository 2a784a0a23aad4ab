# ruff: noqa: INP001 -- The bench's own interpreter runs it by path.
"""
Run the bench of peers, with two things more that this service needs.

The first argument is the bench's folder, the others are those of its `lib/bench.py`. A peer's
`normalise.py` may rewrite the variables of a query, and a peer may name in `only` the queries that
its viewer may ask.
"""

import runpy
import sys

from importlib import import_module
from pathlib import Path
from typing import Any


Facts = dict[str, Any]

UNMEASURED = {
    "n": 0,
    **dict.fromkeys(("rps", "p50", "p99", "errors", "bytes", "cpu", "cpu_stat", "pg"), 0),
}


def _asks(peer: Any, query: str) -> bool:
    return query in peer.cfg.get("only", (query,))


def _fit(bench: Any) -> None:
    plain_bodies, check, measure = bench.Peer.bodies, bench.check_equal, bench.measure

    def bodies(peer: Any, query: str, variants: list[Facts]) -> list[str]:
        if "normalise" in peer.cfg:
            rewrite = runpy.run_path(str(peer.here / peer.cfg["normalise"])).get("variables")
            if rewrite is not None:
                variants = [rewrite(query, given) for given in variants]
        found: list[str] = plain_bodies(peer, query, variants)
        return found

    def check_equal(peers: list[Any], variants: dict[str, list[Facts]]) -> dict[str, Facts]:
        facts: dict[str, Facts] = {}
        every = bench.QUERIES
        for query in every:
            bench.QUERIES = [query]
            asked = [peer for peer in peers if _asks(peer, query)]
            facts |= check(asked, variants)
        bench.QUERIES = every
        return facts

    def measured(peer: Any, query: str, bodies: list[str], connections: int, seconds: float) -> Any:
        if not _asks(peer, query):
            return dict(UNMEASURED)
        return measure(peer, query, bodies, connections, seconds)

    bench.Peer.bodies, bench.check_equal, bench.measure = bodies, check_equal, measured


def main() -> None:
    """Fit the bench to this service and run it."""
    folder = Path(sys.argv.pop(1)).resolve()
    sys.path.insert(0, str(folder / "lib"))
    bench = import_module("bench")
    _fit(bench)
    bench.main()


if __name__ == "__main__":
    main()
