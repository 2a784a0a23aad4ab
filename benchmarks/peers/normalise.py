# ruff: noqa: INP001 -- The bench runs it by path.
"""Bring this service's answers to the shape and order of the bench's reference."""

import asyncio
import os

from functools import cache
from typing import Any

import asyncpg


SOURCE = "postgresql://bench@127.0.0.1:55432/bench10k"
GRANTS = """
    SELECT service.code, app_user.login, area_code, area_grant.id FROM area_grant
    JOIN service ON service.id = service_id JOIN app_user ON app_user.id = user_id
    JOIN structure ON structure.id = service.structure_id WHERE structure.siret = $1
"""

Answer = dict[str, Any]


def variables(query: str, given: Answer) -> Answer:
    """Give the variables of the reference as those of this service."""
    if query != "Q4":
        return given
    return {"identifiers": [{"value": siret} for siret in given["sirets"]]}


def normalise(query: str, data: Answer) -> Answer:
    """Rewrite *data*; what the API sorts by name or as asked is sorted by id, as the peers do."""
    return {"Q1": _point, "Q2": _nested, "Q3": _list, "Q4": _selective}[query](data)


def _point(data: Answer) -> Answer:
    return {"structure": _card(data["structure"]) | {"status": data["structure"]["status"]}}


def _nested(data: Answer) -> Answer:
    structure = data["structure"]
    ranks = _ranks(structure["identifier"])
    services = []
    for service in structure["services"]["nodes"]:
        users = [_user(service["code"], entry, ranks) for entry in service["users"]["nodes"]]
        users.sort(key=lambda user: user["login"])
        services.append({"code": service["code"], "name": service["name"], "users": users})
    return {"structure": _card(structure) | {"services": services}}


def _user(code: str, entry: Answer, ranks: dict[tuple[str, str, str], int]) -> Answer:
    login = entry["user"]["login"]
    first, _, last = entry["user"]["displayName"].partition(" ")
    areas = [{"code": one["area"]["code"], "right": one["mode"]} for one in entry["areas"]]
    areas.sort(key=lambda area: ranks[code, login, area["code"]])
    return {"login": login, "firstName": first, "lastName": last, "areas": areas}


def _list(data: Answer) -> Answer:
    found = [
        _card(structure)
        | {
            "services": structure["services"]["nodes"],
            "managers": [entry["user"] for entry in structure["users"]["nodes"]],
        }
        for structure in data["structures"]["nodes"]
    ]
    return {"structures": found}


def _selective(data: Answer) -> Answer:
    found = [
        _card(result["structure"]) | {"services": result["structure"]["services"]["nodes"]}
        for result in data["structuresByIdentifier"]["results"]
    ]
    return {"structuresBySirets": sorted(found, key=lambda structure: structure["siret"])}


def _card(structure: Answer) -> Answer:
    return {"siret": structure["identifier"], "name": structure["name"]}


@cache
def _ranks(siret: str) -> dict[tuple[str, str, str], int]:
    """Read the order of the rights, which is that of their making and no part of this API."""
    return asyncio.run(_read_ranks(siret))


async def _read_ranks(siret: str) -> dict[tuple[str, str, str], int]:
    connection = await asyncpg.connect(os.environ.get("BENCH_SOURCE", SOURCE))
    try:
        rows = await connection.fetch(GRANTS, siret)
    finally:
        await connection.close()
    return {(code, login, area): rank for code, login, area, rank in rows}
