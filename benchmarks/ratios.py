"""Print what the bench of peers found as ratios inside one run, the only figures that carry over."""

import json

from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer


BATCHED, POSTGRAPHILE = "g_batched", "a_postgraphile"
OURS, MANAGER = "ours", "ours_manager"
BUSY = "c16"

Rounds = list[dict[str, dict[str, Any]]]


def _processors(cell: dict[str, Any]) -> float:
    spent: float = cell[BUSY]["cpu"] + cell[BUSY]["pg"]
    return spent


def _rate(cell: dict[str, Any]) -> float:
    rate: float = cell[BUSY]["rps"]
    return rate


def _ratio(rounds: Rounds, query: str, one: str, other: str, figure: Any) -> str:
    ratios = [
        figure(cells[query][one]) / figure(cells[query][other])
        for cells in rounds
        if {one, other} <= cells[query].keys()
    ]
    if not ratios:
        return "-"
    return f"{median(ratios):.2f} [{min(ratios):.2f} to {max(ratios):.2f}]"


def main(
    results: Annotated[Path, typer.Argument(help="The JSON file that the bench wrote.")],
    ours: Annotated[str, typer.Option(help="The peer that is compared.")] = OURS,
) -> None:
    """Compare this service with the hand-batched bound, PostGraphile and itself as a manager."""
    found = json.loads(results.read_text(encoding="utf-8"))
    rounds: Rounds = found["rounds"]
    print("| query | ms | by g | by a | requests/s by a | manager by support |")
    print("|---|---|---|---|---|---|")
    for query in found["meta"]["queries"]:
        spent = median(_processors(cells[query][ours]) for cells in rounds)
        columns = [
            query,
            f"{spent:.2f}",
            _ratio(rounds, query, ours, BATCHED, _processors),
            _ratio(rounds, query, ours, POSTGRAPHILE, _processors),
            _ratio(rounds, query, ours, POSTGRAPHILE, _rate),
            _ratio(rounds, query, MANAGER, ours, _processors),
        ]
        print(f"| {' | '.join(columns)} |")
    print(f"\nPeak memory: {found['rss_kib'][ours][1] / 1024:.0f} MiB")


if __name__ == "__main__":
    typer.run(main)
