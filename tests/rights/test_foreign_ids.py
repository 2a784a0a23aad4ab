"""Whatever id is given of what a viewer may not know of, he is told what a missing one tells."""

from collections import Counter
from typing import Any

import pytest

from resolvers.node_ids import NodeKind
from tests.rights.expected import EVERYBODY, PRIVATE, SUPPORT
from tests.rights.foreign import Foreign, Place, malformed, places_of_schema
from tests.rights.scene import Scene
from tests.rights.test_mutations import fingerprint
from tests.world import Answer, World, iban, siret


RESULTS = "results { id error { __typename code message field } }"
ERRORS = "errors { __typename code message field } effects { kind count }"
REQUEST_KINDS = (NodeKind.CONNECTION_REQUEST, NodeKind.SUBSCRIPTION_REQUEST)
ANY_KIND = tuple(NodeKind)


def mutation(name: str, items: str = "") -> str:
    """Write the document of a mutation."""
    kind = name[0].upper() + name[1:]
    return f"mutation ($input: {kind}Input!) {{ {name}(input: $input) {{ {items} {ERRORS} }} }}"


def listing(field: str, name: str, kind: str) -> str:
    """Write the document that lists *field* of a structure under a filter."""
    return (
        f"query ($structure: ID!, $filter: {kind}) {{ structure(by: {{id: $structure}}) {{"
        f" {field}(filter: $filter) {{ totalCount nodes {{ {name} }}"
        " pageInfo { endCursor hasNextPage } } } }"
    )


def own(field: str) -> str:
    """Write the document that lists *field* of the viewer under a filter."""
    return (
        f"query ($filter: RequestFilter) {{ viewer {{ {field}(filter: $filter)"
        " { totalCount nodes { id } } } }"
    )


def places(scene: Scene) -> dict[str, Place]:
    """Say of each place of the schema how to give an id there."""
    world = scene.world
    structure = world.id(scene.structures[PRIVATE])
    member = scene.ids["membership of the simple user"]
    connection = scene.ids["request of the requester"]
    subscription = scene.ids["subscription request of the simple user"]
    decide = {
        "validateConnectionRequests": NodeKind.CONNECTION_REQUEST,
        "refuseConnectionRequests": NodeKind.CONNECTION_REQUEST,
        "validateSubscriptionRequests": NodeKind.SUBSCRIPTION_REQUEST,
        "refuseSubscriptionRequests": NodeKind.SUBSCRIPTION_REQUEST,
    }
    area = {"area": "ISSUED_INVOICES", "mode": "CONSULTATION"}
    whole = {"scope": {"wholeStructure": True}}
    new = {"version": 1, "identifier": {"value": siret(900)}, "confirmDifferentSiren": True}
    details = {"label": "New", "iban": iban(900), "bic": "AGRIFRPP", "holderName": "Us"}
    accepted = {"acceptTerms": True, "termsVersion": world.settings.mandate_terms_version}
    somebody = {"login": scene.person("secondary").login}
    newcomer = {"login": scene.person("stranger").login}
    reason = {"reason": "As the sheets say."}

    def deciding(name: str) -> Place:
        extra = reason if name.startswith("refuse") else {}
        return Place(
            (decide[name],),
            mutation(name, RESULTS),
            lambda text: {"input": {"requests": [{"id": text} | extra]}},
        )

    def ending(name: str) -> Place:
        return Place(
            (NodeKind.MEMBERSHIP,),
            mutation(name, RESULTS),
            lambda texts: {"input": {"membershipIds": texts} | reason},
            many=True,
        )

    def filtered(field: str, kind: str, name: str, *kinds: NodeKind) -> Place:
        return Place(
            kinds,
            listing(field, "id", kind),
            lambda text: {"structure": structure, "filter": {name: text}},
        )

    def asked(field: str) -> Place:
        return Place(
            (NodeKind.STRUCTURE,), own(field), lambda text: {"filter": {"structureId": text}}
        )

    def done(name: str) -> Place:
        return Place(
            (NodeKind.USER,),
            "query ($filter: HistoryFilter) { viewer { history(filter: $filter)"
            " { totalCount nodes { id } } } }",
            lambda text: {"filter": {name: text}},
        )

    return {
        "Query.node(id)": Place(
            ANY_KIND,
            "query ($id: ID!) { node(id: $id) { id __typename } }",
            lambda text: {"id": text},
        ),
        "Query.nodes(ids)": Place(
            ANY_KIND,
            "query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }",
            lambda texts: {"ids": texts},
            many=True,
        ),
        "Query.structure(by.id)": Place(
            (NodeKind.STRUCTURE,),
            "query ($id: ID!) { structure(by: {id: $id}) { id name version } }",
            lambda text: {"id": text},
        ),
        "Viewer.can(target)": Place(
            ANY_KIND,
            "query ($id: ID!) { viewer { can(action: USER_LIST, target: $id)"
            " { allowed reason message passingRoles } } }",
            lambda text: {"id": text},
        ),
        "Query.explainAccess(target)": Place(
            ANY_KIND,
            "query ($id: ID!) { explainAccess(action: SERVICE_LIST, target: $id)"
            " { allowed reason message passingRoles } }",
            lambda text: {"id": text},
        ),
        "Query.explainAccess(userId)": Place(
            (NodeKind.USER,),
            "query ($id: ID!, $structure: ID!) { explainAccess(action: SERVICE_LIST,"
            " target: $structure, userId: $id) { allowed reason message passingRoles } }",
            lambda text: {"id": text, "structure": structure},
        ),
        "Viewer.areaTabs(structureId)": Place(
            (NodeKind.STRUCTURE,),
            "query ($id: ID!) { viewer { areaTabs(structureId: $id) { available missing mode } } }",
            lambda text: {"id": text},
        ),
        "Viewer.requests(filter.structureId)": asked("requests"),
        "Viewer.decisions(filter.structureId)": asked("decisions"),
        "Structure.users(filter.serviceId)": filtered(
            "users", "UserFilter", "serviceId", NodeKind.SERVICE
        ),
        "Structure.connectionRequests(filter.structureId)": filtered(
            "connectionRequests", "RequestFilter", "structureId", NodeKind.STRUCTURE
        ),
        "Structure.subscriptionRequests(filter.structureId)": filtered(
            "subscriptionRequests", "RequestFilter", "structureId", NodeKind.STRUCTURE
        ),
        "Structure.history(filter.actorId)": filtered(
            "history", "HistoryFilter", "actorId", NodeKind.USER
        ),
        "Structure.history(filter.userId)": filtered(
            "history", "HistoryFilter", "userId", NodeKind.USER
        ),
        "Viewer.history(filter.actorId)": done("actorId"),
        "Viewer.history(filter.userId)": done("userId"),
        "Membership.areas(filter.serviceId)": Place(
            (NodeKind.SERVICE,),
            "query ($id: ID!, $filter: SubscriptionFilter) { node(id: $id) {"
            " ... on Membership { areas(filter: $filter) { totalCount nodes { id } } } } }",
            lambda text: {
                "id": scene.ids["membership of the simple user"],
                "filter": {"serviceId": text},
            },
        ),
        "Mutation.cancelRequests(input.requestIds)": Place(
            REQUEST_KINDS,
            mutation("cancelRequests", RESULTS),
            lambda texts: {"input": {"requestIds": texts}},
            many=True,
        ),
        "Mutation.requestConnection(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("requestConnection"),
            lambda text: {"input": {"structureId": text}},
        ),
        "Mutation.requestConnection(input.serviceIds)": Place(
            (NodeKind.SERVICE,),
            mutation("requestConnection"),
            lambda texts: {"input": {"structureId": structure, "serviceIds": texts}},
            many=True,
        ),
        "Mutation.requestSubscription(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("requestSubscription"),
            lambda text: {"input": {"structureId": text} | area | whole},
        ),
        "Mutation.requestSubscription(input.scope.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("requestSubscription"),
            lambda text: {"input": {"structureId": structure, "scope": {"serviceId": text}} | area},
        ),
        **{f"Mutation.{name}(input.requests.id)": deciding(name) for name in decide},
        "Mutation.validateConnectionRequests(input.requests.serviceIds)": Place(
            (NodeKind.SERVICE,),
            mutation("validateConnectionRequests", RESULTS),
            lambda texts: {"input": {"requests": [{"id": connection, "serviceIds": texts}]}},
            many=True,
        ),
        "Mutation.validateSubscriptionRequests(input.requests.scope.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("validateSubscriptionRequests", RESULTS),
            lambda text: {
                "input": {"requests": [{"id": subscription, "scope": {"serviceId": text}}]}
            },
        ),
        "Mutation.createStructure(input.primaryManager.userId)": Place(
            (NodeKind.USER,),
            mutation("createStructure"),
            lambda text: {
                "input": {
                    "identity": {"legalEntity": {"identifier": new["identifier"], "name": "New"}},
                    "primaryManager": {"userId": text},
                }
            },
        ),
        "Mutation.updateStructure(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("updateStructure"),
            lambda text: {"input": {"structureId": text, "version": 1, "name": "Renamed"}},
        ),
        **{
            f"Mutation.{name}(input.structureIds)": Place(
                (NodeKind.STRUCTURE,),
                mutation(name, RESULTS),
                lambda texts: {"input": {"structureIds": texts} | reason},
                many=True,
            )
            for name in ("deactivateStructures", "reactivateStructures")
        },
        "Mutation.transferPrimaryManager(input.structureIds)": Place(
            (NodeKind.STRUCTURE,),
            mutation("transferPrimaryManager", RESULTS),
            lambda texts: {"input": {"structureIds": texts, "successor": somebody} | reason},
            many=True,
        ),
        "Mutation.transferPrimaryManager(input.successor.userId)": Place(
            (NodeKind.USER,),
            mutation("transferPrimaryManager", RESULTS),
            lambda text: {
                "input": {"structureIds": [structure], "successor": {"userId": text}} | reason
            },
        ),
        "Mutation.changeIdentifier(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("changeIdentifier"),
            lambda text: {"input": {"structureId": text} | new},
        ),
        "Mutation.createService(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("createService"),
            lambda text: {
                "input": {"structureId": text, "code": "NEW", "service": {"name": "New"}}
            },
        ),
        "Mutation.updateService(input.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("updateService"),
            lambda text: {"input": {"serviceId": text, "version": 1, "service": {"name": "New"}}},
        ),
        "Mutation.deactivateService(input.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("deactivateService"),
            lambda text: {"input": {"serviceId": text, "version": 1}},
        ),
        "Mutation.reactivateService(input.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("reactivateService"),
            lambda text: {"input": {"serviceId": text, "version": 1}},
        ),
        "Mutation.enableServiceUsers(input.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("enableServiceUsers", RESULTS),
            lambda text: {"input": {"serviceId": text, "membershipIds": [member]}},
        ),
        "Mutation.enableServiceUsers(input.membershipIds)": Place(
            (NodeKind.MEMBERSHIP,),
            mutation("enableServiceUsers", RESULTS),
            lambda texts: {"input": {"serviceId": scene.ids["service"], "membershipIds": texts}},
            many=True,
        ),
        "Mutation.disableServiceUsers(input.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("disableServiceUsers", RESULTS),
            lambda text: {"input": {"serviceId": text, "membershipIds": [member]}},
        ),
        "Mutation.disableServiceUsers(input.membershipIds)": Place(
            (NodeKind.MEMBERSHIP,),
            mutation("disableServiceUsers", RESULTS),
            lambda texts: {"input": {"serviceId": scene.ids["service"], "membershipIds": texts}},
            many=True,
        ),
        "Mutation.setMembershipScope(input.membershipId)": Place(
            (NodeKind.MEMBERSHIP,),
            mutation("setMembershipScope"),
            lambda text: {"input": {"membershipId": text, "version": 1, "scope": "ALL_SERVICES"}},
        ),
        "Mutation.setMembershipScope(input.serviceIds)": Place(
            (NodeKind.SERVICE,),
            mutation("setMembershipScope"),
            lambda texts: {
                "input": {
                    "membershipId": member,
                    "version": 1,
                    "scope": "LISTED",
                    "serviceIds": texts,
                }
            },
            many=True,
        ),
        "Mutation.openAreas(input.areas.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("openAreas", RESULTS),
            lambda text: {"input": {"areas": [{"structureId": text} | area | whole]}},
        ),
        "Mutation.openAreas(input.areas.scope.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("openAreas", RESULTS),
            lambda text: {
                "input": {
                    "areas": [{"structureId": structure, "scope": {"serviceId": text}} | area]
                }
            },
        ),
        "Mutation.closeAreas(input.structureAreaIds)": Place(
            (NodeKind.STRUCTURE_AREA,),
            mutation("closeAreas", RESULTS),
            lambda texts: {"input": {"structureAreaIds": texts}},
            many=True,
        ),
        "Mutation.setSubscriptions(input.subscriptions.membershipId)": Place(
            (NodeKind.MEMBERSHIP,),
            mutation("setSubscriptions", RESULTS),
            lambda text: {"input": {"subscriptions": [{"membershipId": text} | area | whole]}},
        ),
        "Mutation.setSubscriptions(input.subscriptions.scope.serviceId)": Place(
            (NodeKind.SERVICE,),
            mutation("setSubscriptions", RESULTS),
            lambda text: {
                "input": {
                    "subscriptions": [
                        {
                            "membershipId": scene.ids["membership of the simple user"],
                            "scope": {"serviceId": text},
                        }
                        | area
                    ]
                }
            },
        ),
        "Mutation.endSubscriptions(input.subscriptionIds)": Place(
            (NodeKind.AREA_SUBSCRIPTION,),
            mutation("endSubscriptions", RESULTS),
            lambda texts: {"input": {"subscriptionIds": texts}},
            many=True,
        ),
        "Mutation.attachUsers(input.users.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("attachUsers", RESULTS),
            lambda text: {"input": {"users": [{"structureId": text} | newcomer]}},
        ),
        "Mutation.attachUsers(input.users.serviceIds)": Place(
            (NodeKind.SERVICE,),
            mutation("attachUsers", RESULTS),
            lambda texts: {
                "input": {
                    "users": [
                        {"structureId": structure, "scope": "LISTED", "serviceIds": texts}
                        | newcomer
                    ]
                }
            },
            many=True,
        ),
        **{
            f"Mutation.{name}(input.membershipId)": Place(
                (NodeKind.MEMBERSHIP,),
                mutation(name),
                lambda text: {"input": {"membershipId": text}},
            )
            for name in ("appointSecondaryManager", "revokeSecondaryManager")
        },
        "Mutation.leaveStructures(input.structureIds)": Place(
            (NodeKind.STRUCTURE,),
            mutation("leaveStructures", RESULTS),
            lambda texts: {"input": {"structureIds": texts}},
            many=True,
        ),
        "Mutation.duplicateRights(input.sourceMembershipId)": Place(
            (NodeKind.MEMBERSHIP,),
            mutation("duplicateRights", RESULTS),
            lambda text: {
                "input": {
                    "sourceMembershipId": text,
                    "membershipIds": [scene.ids["membership of the simple user"]],
                }
            },
        ),
        "Mutation.duplicateRights(input.membershipIds)": Place(
            (NodeKind.MEMBERSHIP,),
            mutation("duplicateRights", RESULTS),
            lambda texts: {
                "input": {
                    "sourceMembershipId": scene.ids["membership of another user"],
                    "membershipIds": texts,
                }
            },
            many=True,
        ),
        **{
            f"Mutation.{name}(input.membershipIds)": ending(name)
            for name in ("deactivateMemberships", "reactivateMemberships", "deleteMemberships")
        },
        "Mutation.addBankAccount(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("addBankAccount"),
            lambda text: {"input": {"structureId": text} | details},
        ),
        "Mutation.subscribeMandate(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("subscribeMandate"),
            lambda text: {"input": {"structureId": text} | accepted},
        ),
        "Mutation.revokeMandate(input.structureId)": Place(
            (NodeKind.STRUCTURE,),
            mutation("revokeMandate"),
            lambda text: {"input": {"structureId": text}},
        ),
        **{
            f"Mutation.{name}(input.bankAccountId)": Place(
                (NodeKind.BANK_ACCOUNT,),
                mutation(name),
                lambda text: {"input": {"bankAccountId": text, "version": 1}},
            )
            for name in ("closeBankAccount", "setDefaultBankAccount")
        },
    }


@pytest.fixture
async def scene(world: World) -> Scene:
    """Every kind of person, structure and object."""
    return await Scene.set_up(world)


@pytest.fixture
async def foreign(scene: Scene) -> Foreign:
    """Structures that nobody of the scene has to do with."""
    return await Foreign.set_up(scene)


async def told(world: World, person: Any, place: Place, given: Any) -> tuple[Any, Counter[str]]:
    """Give the answer, and how often which statement was sent for it."""
    world.forgive()
    world.statements.clear()
    answer: Answer = await world.ask(person, place.document, **place.given(given))
    return (answer.status, answer.body), Counter(world.statements)


def candidates(name: str, place: Place, foreign: Foreign) -> dict[str, tuple[str, str]]:
    """Give the ids to try, each with the missing one that it must be like."""
    found: dict[str, tuple[str, str]] = {}
    wrong = [kind for kind in NodeKind if kind not in place.kinds]
    for kind in place.kinds:
        missing = foreign.missing(kind)
        hidden = foreign.hidden[kind]
        if name.endswith("(input.successor.userId)"):
            # An active person may be named by whoever has his id: he need not be connected.
            hidden = foreign.unusable
        found |= {f"{kind} {what}": (text, missing) for what, text in hidden.items()}
        if kind == place.kinds[0]:
            texts = malformed(next(iter(foreign.hidden[kind].values())))
            found |= {f"malformed: {what}": (text, missing) for what, text in texts.items()}
    like = foreign.missing(place.kinds[0])
    for kind in wrong[:2]:
        found[f"wrong type {kind}"] = (next(iter(foreign.hidden[kind].values())), like)
    known = foreign.scene.ids["structure" if "st" not in place.kinds else "public service"]
    if wrong:
        found["wrong type, known"] = (known, like)
    return found


async def test_every_place_that_takes_an_id_is_tried(scene: Scene) -> None:
    assert {name: place.many for name, place in places(scene).items()} == places_of_schema()


@pytest.mark.parametrize("who", [one for one in EVERYBODY if one != SUPPORT])
async def test_what_a_viewer_may_not_know_of_is_like_what_is_missing(
    world: World, scene: Scene, foreign: Foreign, who: str
) -> None:
    person = scene.people[who]
    if person is not None:
        await world.token(person)
    before = await fingerprint(world)
    different = []
    for name, place in places(scene).items():
        expected: dict[Any, Any] = {}
        for what, (text, missing) in candidates(name, place, foreign).items():
            given, like = ([text, text], [missing, missing]) if place.many else (text, missing)
            if missing not in expected:
                expected[missing] = await told(world, person, place, like)
            found = await told(world, person, place, given)
            # A text that is no id has no type either: no statement could be like another.
            untyped = what.startswith("malformed") and place.kinds == ANY_KIND
            compared = slice(1) if untyped else slice(2)
            if found[compared] != expected[missing][compared]:
                different.append((name, what, found, expected[missing]))
    assert different == []
    assert await fingerprint(world) == before


async def test_what_is_tried_does_exist(world: World, scene: Scene, foreign: Foreign) -> None:
    document = "query ($id: ID!) { node(id: $id) { id } }"
    for kind, hidden in foreign.hidden.items():
        # Support sees everything but bank details.
        witness = foreign.manager if kind == NodeKind.BANK_ACCOUNT else scene.people[SUPPORT]
        for text in hidden.values():
            answer = await world.ask(witness, document, id=text)
            assert answer.data == {"node": {"id": text}}
