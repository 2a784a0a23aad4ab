"""What a query tells that is given ids, many of them in one operation."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from models.accounts import User
from resolvers.node_ids import NodeKind
from tests.rights.query_places import Reading
from tests.rights.states.scene import StatesScene
from tests.rights.states.table import HERE, NOWHERE, SEEN, UNKNOWN
from tests.world import World


AT_ONCE = 14
TRIED = {
    NodeKind.STRUCTURE: "STRUCTURE_UPDATE",
    NodeKind.SERVICE: "SERVICE_MANAGE",
    NodeKind.SERVICE_USER: "SERVICE_USER_MANAGE",
    NodeKind.MEMBERSHIP: "SUBSCRIPTION_SET",
    NodeKind.USER: "USER_CONTACT_READ",
    NodeKind.STRUCTURE_AREA: "OPENED_AREA_MANAGE",
    NodeKind.AREA_SUBSCRIPTION: "SUBSCRIPTION_END",
    NodeKind.CONNECTION_REQUEST: "CONNECTION_REQUEST_DECIDE",
    NodeKind.SUBSCRIPTION_REQUEST: "REQUEST_CANCEL",
    NodeKind.MANAGER_ACTION: "HISTORY_READ",
    NodeKind.BANK_ACCOUNT: "BANK_ACCOUNT_MANAGE",
    NodeKind.INVOICING_MANDATE: "MANDATE_REVOKE",
}
"""What is asked about an object of each kind."""


async def told(
    scene: StatesScene, person: User | None, reading: Reading, states: Mapping[str, str]
) -> dict[str, str]:
    """Tell what *person* is answered for each of *states*, ids by their names."""
    found: dict[str, str] = {}
    for part in _parts(states):
        asked = [(name, text, _kind(text)) for name, text in part.items()]
        asked += [("", scene.missing(kind), kind) for kind in {kind for *_, kind in asked}]
        answers = await _answers(scene.world, person, reading, asked)
        like = {kind: answer for (name, _, kind), answer in answers if not name}
        found |= {name: _word(answer, like[kind]) for (name, _, kind), answer in answers if name}
    return found


def _parts(states: Mapping[str, str]) -> Iterator[dict[str, str]]:
    rest = iter(states.items())
    while part := dict(islice(rest, AT_ONCE)):
        yield part


def _kind(text: str) -> NodeKind:
    return NodeKind(text.partition("_")[0])


Named = tuple[str, str, NodeKind]


async def _answers(
    world: World, person: User | None, reading: Reading, asked: list[Named]
) -> list[tuple[Named, Any]]:
    written = "[$i{0}, $i{0}]" if reading.many else "$i{0}"
    fields = [
        f"a{number}: {reading.text(written.format(number), TRIED[kind])}"
        for number, (_, _, kind) in enumerate(asked)
    ]
    given = {f"i{number}": text for number, (_, text, _) in enumerate(asked)}
    declared = ", ".join(f"${name}: ID!" for name in given)
    text = reading.around.replace("@", " ".join(fields))
    answer = await world.ask(person, f"query ({declared}) {{ {text} }}", **given)
    assert answer.status == 200, answer.body
    assert set(answer.codes) <= {"FORBIDDEN"}, answer.body
    refused = {error["path"][-1] for error in answer.errors}
    found = answer.body["data"]
    if reading.around != "@":
        ((_, found),) = found.items()
    names = [f"a{number}" for number in range(len(asked))]
    return [
        (one, None if found is None else (found[name], name in refused))
        for one, name in zip(asked, names, strict=True)
    ]


def _word(answer: Any, like: Any) -> str:
    """Write *answer* as the tables do; *like* is that for an id of nothing."""
    if answer is None:
        return NOWHERE
    value, refused = answer
    if refused:
        assert answer == like == (None, True)
        return HERE
    return UNKNOWN if answer == like else _told(value)


def _told(value: Any) -> str:
    if isinstance(value, list) and "mode" in value[0]:
        return str(sum(tab["available"] for tab in value))
    if isinstance(value, list):
        first, second = value
        assert first == second
        return SEEN
    if "totalCount" in value:
        assert value["totalCount"] == len(value["nodes"])
        return str(value["totalCount"])
    return SEEN if value.get("allowed", True) else str(value["reason"])
