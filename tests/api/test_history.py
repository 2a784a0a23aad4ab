"""The history of a structure: newest first, filtered, and only what one may read."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from models.accounts import PlatformRole, User
from models.errors import ErrorCode
from models.history import ManagerAction, ManagerActionOutcome, TargetType
from models.memberships import Role
from models.policy import Action
from models.structures import Sector
from resolvers.node_ids import NodeKind
from tests.firm import Firm
from tests.world import Answer


Ask = Callable[..., Awaitable[Answer]]

HISTORY = """
    query ($id: ID!, $filter: HistoryFilter) { structure(by: {id: $id}) {
        history(filter: $filter) { totalCount nodes { reason } } } }
"""


class Chronicle:
    """A firm with four acts, told apart by their reasons."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.world = firm.world
        self.clerk = User()
        self.acts: dict[str, ManagerAction] = {}

    async def set_up(self) -> None:
        self.clerk = await self.firm.clerk()
        firm = self.firm
        await self._act("first", Action.IDENTIFIER_CHANGE, firm.primary)
        await self._act("second", Action.CONNECTION_REQUEST_DECIDE, firm.secondary, self.clerk)
        await self._act(
            "third",
            Action.CONNECTION_REQUEST_DECIDE,
            self.clerk,
            outcome=ManagerActionOutcome.REFUSED,
            refusal=ErrorCode.FORBIDDEN,
            count=5,
        )
        await self._act("fourth", Action.PRIMARY_MANAGER_TRANSFER, None, firm.secondary)

    async def _act(
        self,
        reason: str,
        action: Action,
        actor: User | None,
        user: User | None = None,
        **values: Any,
    ) -> None:
        self.world.now += timedelta(hours=1)
        act = ManagerAction(
            structure_id=self.firm.structure.id,
            at=self.world.now,
            action=action,
            actor_id=None if actor is None else actor.id,
            user_id=None if user is None else user.id,
            reason=reason,
            changes=[{"field": "role", "before": "A", "after": None}],
            **values,
        )
        await self.world.add(act)
        self.acts[reason] = act

    def id(self, name: str) -> str:
        return self.world.parts.node_ids.encode(NodeKind.MANAGER_ACTION, self.acts[name].id)

    def filled(self, asked: Any) -> Any:
        if isinstance(asked, dict):
            return {name: self.filled(value) for name, value in asked.items()}
        if isinstance(asked, str) and asked.startswith("$"):
            people = {"$clerk": self.clerk, "$secondary": self.firm.secondary}
            if asked in people:
                return self.world.id(people[asked])
            return self.acts[asked[1:]].at.isoformat()
        return asked


@pytest.fixture
async def chronicle(firm: Firm) -> Chronicle:
    """A firm with four acts."""
    chronicle = Chronicle(firm)
    await chronicle.set_up()
    return chronicle


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (None, ["fourth", "third", "second", "first"]),
        ({"action": ["CONNECTION_REQUEST_DECIDE"]}, ["third", "second"]),
        ({"action": []}, []),
        ({"outcome": ["REFUSED"]}, ["third"]),
        ({"outcome": ["DONE"], "action": ["CONNECTION_REQUEST_DECIDE"]}, ["second"]),
        ({"actorId": "$secondary"}, ["second"]),
        ({"userId": "$secondary"}, ["fourth"]),
        ({"userId": "$clerk", "actorId": "$secondary"}, ["second"]),
        ({"actorId": "nonsense"}, []),
        ({"userId": ""}, []),
        ({"at": {"from": "$second", "to": "$fourth"}}, ["third", "second"]),
        ({"at": {"from": "$third"}}, ["fourth", "third"]),
        ({"at": {"to": "$first"}}, []),
        ({"at": {}}, ["fourth", "third", "second", "first"]),
    ],
)
async def test_acts_come_newest_first_under_their_filter(
    chronicle: Chronicle, ask: Ask, asked: Any, found: list[str]
) -> None:
    answer = await ask(
        chronicle.firm.secondary,
        HISTORY,
        id=chronicle.world.id(chronicle.firm.structure),
        filter=chronicle.filled(asked),
    )

    history = answer.data["structure"]["history"]
    assert [node["reason"] for node in history["nodes"]] == found
    assert history["totalCount"] == len(found)


async def test_an_act_tells_who_did_what_to_whom(chronicle: Chronicle, ask: Ask) -> None:
    document = """query ($id: ID!) { node(id: $id) { ... on ManagerAction {
        action outcome count actor { displayName } user { displayName login } structure { name }
        target { __typename } changes { field before after } } } }"""

    answer = await ask(chronicle.firm.primary, document, id=chronicle.id("second"))

    assert answer.data["node"] == {
        "action": "CONNECTION_REQUEST_DECIDE",
        "outcome": "DONE",
        "count": 1,
        "actor": {"displayName": "Serge Second"},
        "user": {"displayName": "Carla Clerk", "login": chronicle.clerk.login},
        "structure": {"name": "Atelier"},
        "target": None,
        "changes": [{"field": "role", "before": "A", "after": None}],
    }


async def test_an_act_is_read_by_managers_support_and_its_actor_only(
    chronicle: Chronicle, ask: Ask
) -> None:
    world, firm = chronicle.world, chronicle.firm
    readers = {
        "primary": firm.primary,
        "secondary": firm.secondary,
        "support": await world.user("S", platform_role=PlatformRole.SUPPORT),
        "clerk": chronicle.clerk,
        "outsider": firm.outsider,
    }
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ManagerAction { reason } } }"
    for who, person in readers.items():
        answer = await ask(person, document, ids=[chronicle.id(name) for name in chronicle.acts])
        found = [node["reason"] for node in answer.data["nodes"] if node]
        every = list(chronicle.acts)
        expected = {"clerk": ["third"], "outsider": []}.get(who, every)
        assert (who, found) == (who, expected)


async def test_the_target_of_an_act_is_null_for_who_may_not_read_it(
    chronicle: Chronicle, ask: Ask
) -> None:
    world, firm = chronicle.world, chronicle.firm
    request = await world.connection_request(firm.structure, firm.outsider)
    membership = await firm.membership_of(firm.secondary)
    targets = {
        TargetType.REQUEST: request.id,
        TargetType.MEMBERSHIP: membership.id,
        TargetType.STRUCTURE: firm.structure.id,
    }
    ids = []
    for kind, number in targets.items():
        await chronicle._act(
            f"on {kind}",
            Action.CONNECTION_REQUEST_DECIDE,
            chronicle.clerk,
            outcome=ManagerActionOutcome.REFUSED,
            refusal=ErrorCode.FORBIDDEN,
            target_type=kind,
            target_id=number,
        )
        ids.append(chronicle.id(f"on {kind}"))
    document = """query ($ids: [ID!]!) { nodes(ids: $ids) {
        ... on ManagerAction { target { __typename id } } } }"""

    seen = {}
    for person in (firm.primary, chronicle.clerk):
        answer = await ask(person, document, ids=ids)
        seen[person.id] = [
            node["target"] and node["target"]["__typename"] for node in answer.data["nodes"]
        ]

    assert seen == {
        firm.primary.id: ["ConnectionRequest", "Membership", "Structure"],
        chronicle.clerk.id: [None, None, "Structure"],
    }


async def test_the_history_of_a_public_structure_is_for_its_managers(
    chronicle: Chronicle, ask: Ask
) -> None:
    world = chronicle.world
    town = await world.structure("Town", sector=Sector.PUBLIC)
    clerk = await world.user()
    await world.member(town, clerk, role=Role.SIMPLE_USER)

    for person in (clerk, chronicle.firm.primary):
        answer = await ask(person, HISTORY, id=world.id(town))
        assert answer.codes == ["FORBIDDEN"]
        assert answer.body["data"] == {"structure": {"history": None}}


OWN = """
    query ($filter: HistoryFilter, $first: Int, $after: String) { viewer {
        history(filter: $filter, first: $first, after: $after) {
            totalCount nodes { reason structure { name } } pageInfo { endCursor hasNextPage } } } }
"""


async def test_a_viewer_reads_his_own_acts_on_any_structure(chronicle: Chronicle, ask: Ask) -> None:
    world, secondary = chronicle.world, chronicle.firm.secondary
    elsewhere = await world.structure("Elsewhere")
    act = ManagerAction(
        structure_id=elsewhere.id,
        at=world.now,
        action=Action.IDENTIFIER_CHANGE,
        actor_id=secondary.id,
        reason="fifth",
        changes=[],
    )
    await world.add(act)

    history = (await ask(secondary, OWN)).data["viewer"]["history"]

    assert history["totalCount"] == 2
    assert history["nodes"] == [
        {"reason": "fifth", "structure": {"name": "Elsewhere"}},
        {"reason": "second", "structure": {"name": "Atelier"}},
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"action": ["CONNECTION_REQUEST_DECIDE"]}, ["second"]),
        ({"action": ["IDENTIFIER_CHANGE"]}, []),
        ({"outcome": ["REFUSED"]}, []),
        ({"userId": "$clerk"}, ["second"]),
        ({"actorId": "$secondary"}, ["second"]),
        ({"actorId": "$clerk"}, []),
        ({"at": {"from": "$third"}}, []),
    ],
)
async def test_a_viewer_filters_his_own_acts(
    chronicle: Chronicle, ask: Ask, asked: Any, found: list[str]
) -> None:
    answer = await ask(chronicle.firm.secondary, OWN, filter=chronicle.filled(asked))

    history = answer.data["viewer"]["history"]
    assert [node["reason"] for node in history["nodes"]] == found
    assert history["totalCount"] == len(found)


async def test_a_viewer_pages_through_his_own_acts(chronicle: Chronicle, ask: Ask) -> None:
    clerk = chronicle.clerk
    await chronicle._act("again", Action.REQUEST_CANCEL, clerk)

    page = (await ask(clerk, OWN, first=1)).data["viewer"]["history"]
    rest = await ask(clerk, OWN, first=1, after=page["pageInfo"]["endCursor"])

    assert [node["reason"] for node in page["nodes"]] == ["again"]
    assert page["pageInfo"]["hasNextPage"] is True
    history = rest.data["viewer"]["history"]
    assert [node["reason"] for node in history["nodes"]] == ["third"]
    assert history["pageInfo"]["hasNextPage"] is False


async def test_a_decision_is_told_with_who_when_what_before_and_after(firm: Firm, ask: Ask) -> None:
    request = await firm.world.connection_request(firm.structure, firm.outsider)
    await firm.validate(firm.secondary, request)

    answer = await ask(
        firm.primary,
        """query ($id: ID!) { structure(by: {id: $id}) { history { nodes {
            at action outcome count reason actor { displayName } user { displayName login }
            target { ... on ConnectionRequest { id } } changes { field before after } } } } }""",
        id=firm.world.id(firm.structure),
    )

    act, connected = answer.data["structure"]["history"]["nodes"]
    assert act.pop("changes") == [{"field": "status", "before": "PENDING", "after": "VALIDATED"}]
    assert connected.pop("changes") == [
        {"field": "status", "before": None, "after": "ACTIVE"},
        {"field": "scope", "before": None, "after": "ALL_SERVICES"},
    ]
    told = {
        "at": firm.world.now.isoformat().replace("+00:00", "Z"),
        "action": "CONNECTION_REQUEST_DECIDE",
        "outcome": "DONE",
        "count": 1,
        "reason": None,
        "actor": {"displayName": "Serge Second"},
        "user": {"displayName": "Olga Outside", "login": firm.outsider.login},
        "target": {"id": firm.world.id(request)},
    }
    assert [act, connected] == [told, told | {"target": {}}]
