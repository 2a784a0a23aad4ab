"""The acts of a manager on areas, as tests ask for them."""

from typing import Any

from models.accounts import User
from models.areas import AreaSubscription, StructureArea
from models.memberships import Membership
from tests.firm import Firm
from tests.world import World


ERROR = """error { __typename code field ... on AreaUnavailableError { prerequisite area { code } }
    ... on StructureInactiveError { successor { id } } }"""
REFUSAL = "error { __typename code field ... on ForbiddenError { action passingRoles } }"
EFFECTS = "effects { kind before after user { displayName } area { code } service { code } }"
OPEN = f"""
    mutation ($input: OpenAreasInput!) {{ openAreas(input: $input) {{
        results {{ id structureArea {{ id mode scope available openedBy {{ displayName }}
            area {{ code }} service {{ code }} }} {ERROR} }}
        {EFFECTS}
        errors {{ code field }} }} }}
"""
CLOSE = f"""
    mutation ($input: CloseAreasInput!) {{ closeAreas(input: $input) {{
        results {{ id structureArea {{ id }} {ERROR} }}
        {EFFECTS}
        errors {{ code }} }} }}
"""
SET = f"""
    mutation ($input: SetSubscriptionsInput!) {{ setSubscriptions(input: $input) {{
        results {{ id subscription {{ id mode scope area {{ code }} service {{ code }} }} {REFUSAL} }}
        {EFFECTS} errors {{ code }} }} }}
"""
END = f"""
    mutation ($input: EndSubscriptionsInput!) {{ endSubscriptions(input: $input) {{
        results {{ id subscription {{ id }} {REFUSAL} }} {EFFECTS} errors {{ code }} }} }}
"""
TABS = "query ($id: ID) { viewer { areaTabs(structureId: $id) { area { code } mode missing } } }"


def to_open(firm: Firm, area: str = "ISSUED_INVOICES", **given: Any) -> dict[str, Any]:
    usual = {"structureId": firm.world.id(firm.structure), "mode": "MODIFICATION"}
    return usual | {"area": area, "scope": {"wholeStructure": True}} | given


def to_set(firm: Firm, membership: Membership, mode: str, **given: Any) -> dict[str, Any]:
    usual = {"membershipId": firm.world.id(membership), "mode": mode, "area": "ISSUED_INVOICES"}
    return usual | {"scope": {"wholeStructure": True}} | given


def on(firm: Firm, service: Any) -> dict[str, Any]:
    return {"scope": {"serviceId": firm.world.id(service)}}


async def open_areas(firm: Firm, person: User, *items: dict[str, Any], **given: Any) -> Any:
    answer = await firm.world.ask(person, OPEN, input={"areas": list(items)} | given)
    return answer.data["openAreas"]


async def close(firm: Firm, person: User, *openings: StructureArea | str, **given: Any) -> Any:
    ids = [one if isinstance(one, str) else firm.world.id(one) for one in openings]
    answer = await firm.world.ask(person, CLOSE, input={"structureAreaIds": ids} | given)
    return answer.data["closeAreas"]


async def put(firm: Firm, person: User, *items: dict[str, Any], **given: Any) -> Any:
    answer = await firm.world.ask(person, SET, input={"subscriptions": list(items)} | given)
    return answer.data["setSubscriptions"]


async def end(firm: Firm, person: User, *rights: AreaSubscription | str, **given: Any) -> Any:
    ids = [one if isinstance(one, str) else firm.world.id(one) for one in rights]
    answer = await firm.world.ask(person, END, input={"subscriptionIds": ids} | given)
    return answer.data["endSubscriptions"]


def effects(answer: Any) -> list[tuple[Any, ...]]:
    return [(one["kind"], one["before"], one["after"]) for one in answer["effects"]]


async def tab(world: World, person: User, area: str = "ISSUED_INVOICES") -> tuple[Any, Any]:
    found = (await world.ask(person, TABS)).data["viewer"]["areaTabs"]
    return next((one["mode"], one["missing"]) for one in found if one["area"]["code"] == area)
