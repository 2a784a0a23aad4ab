"""The acts of a manager on memberships, as tests ask for them."""

from typing import Any

from models.accounts import PlatformRole, User
from models.memberships import Membership, MembershipStatus, Role
from tests.firm import Firm


ERROR = """error { __typename code field ... on ForbiddenError { action passingRoles }
    ... on InvalidError { expected } ... on StructureInactiveError { successor { id } }
    ... on LimitError { limit retryAfter } }"""
EFFECTS = """effects { kind count before after user { displayName } area { code } service { code } }
    errors { __typename code field }"""


async def ask_about(
    firm: Firm, name: str, person: User, *memberships: Membership | str, **given: Any
) -> Any:
    """Ask the act of *name* on the list of *memberships*."""
    ids = [one if isinstance(one, str) else firm.world.id(one) for one in memberships]
    kind = name[0].upper() + name[1:]
    document = f"""
        mutation ($input: {kind}Input!) {{ {name}(input: $input) {{
            results {{ id membership {{ role status scope }} {ERROR} }} {EFFECTS} }} }}
    """
    answer = await firm.world.ask(person, document, input={"membershipIds": ids} | given)
    return answer.data[name]


async def deactivate(firm: Firm, person: User, *memberships: Any, **given: Any) -> Any:
    return await ask_about(firm, "deactivateMemberships", person, *memberships, **given)


async def reactivate(firm: Firm, person: User, *memberships: Any, **given: Any) -> Any:
    return await ask_about(firm, "reactivateMemberships", person, *memberships, **given)


async def delete(firm: Firm, person: User, *memberships: Any, **given: Any) -> Any:
    return await ask_about(firm, "deleteMemberships", person, *memberships, **given)


def effects(answer: Any) -> list[tuple[Any, ...]]:
    return [(one["kind"], one["before"], one["after"]) for one in answer["effects"]]


async def support_of(firm: Firm) -> User:
    return await firm.world.user("Agnès Delmas", platform_role=PlatformRole.SUPPORT)


async def second_manager(firm: Firm, **values: Any) -> Membership:
    """Connect a further secondary manager."""
    person = await firm.world.user("Théo Third")
    return await firm.world.member(firm.structure, person, role=Role.SECONDARY_MANAGER, **values)


async def state(firm: Firm, membership: Membership) -> tuple[Role, MembershipStatus]:
    found = await firm.world.reload(membership)
    return found.role, found.status


ATTACH = f"""
    mutation ($input: AttachUsersInput!) {{ attachUsers(input: $input) {{
        results {{ id membership {{ role status scope origin services {{ nodes {{ code }} }} }}
            {ERROR} }} {EFFECTS} }} }}
"""


def to_attach(firm: Firm, who: User | str, **given: Any) -> dict[str, Any]:
    login = who if isinstance(who, str) else who.login
    return {"structureId": firm.world.id(firm.structure), "login": login} | given


async def attach(firm: Firm, person: User, *items: Any, **given: Any) -> Any:
    """Attach logins or users to the firm's structure, or what an item says."""
    users = [one if isinstance(one, dict) else to_attach(firm, one) for one in items]
    answer = await firm.world.ask(person, ATTACH, input={"users": users} | given)
    return answer.data["attachUsers"]


async def give_role(
    firm: Firm, name: str, person: User, membership: Membership | str, **given: Any
) -> Any:
    """Ask the act of *name* on the role of *membership*."""
    text = membership if isinstance(membership, str) else firm.world.id(membership)
    kind = name[0].upper() + name[1:]
    document = f"""
        mutation ($input: {kind}Input!) {{ {name}(input: $input) {{
            membership {{ id role status scope version }}
            effects {{ kind before after user {{ displayName }} }}
            errors {{ __typename code field
                ... on ForbiddenError {{ passingRoles }}
                ... on StaleVersionError {{ currentVersion }} }} }} }}
    """
    answer = await firm.world.ask(person, document, input={"membershipId": text} | given)
    return answer.body["data"][name]


async def appoint(firm: Firm, person: User, membership: Membership | str, **given: Any) -> Any:
    return await give_role(firm, "appointSecondaryManager", person, membership, **given)


async def revoke(firm: Firm, person: User, membership: Membership | str, **given: Any) -> Any:
    return await give_role(firm, "revokeSecondaryManager", person, membership, **given)


LEAVE = f"""
    mutation ($input: LeaveStructuresInput!) {{ leaveStructures(input: $input) {{
        results {{ id structure {{ name viewerRole }} {ERROR} }} {EFFECTS} }} }}
"""


async def leave(firm: Firm, person: User, *structures: Any, **given: Any) -> Any:
    """Leave *structures*, or the firm's."""
    chosen = structures or (firm.structure,)
    ids = [one if isinstance(one, str) else firm.world.id(one) for one in chosen]
    answer = await firm.world.ask(person, LEAVE, input={"structureIds": ids} | given)
    return answer.data["leaveStructures"]


async def duplicate(
    firm: Firm, person: User, source: Membership | str, *memberships: Any, **given: Any
) -> Any:
    text = source if isinstance(source, str) else firm.world.id(source)
    given = {"sourceMembershipId": text} | given
    return await ask_about(firm, "duplicateRights", person, *memberships, **given)
