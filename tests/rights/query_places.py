"""Every place of the queries that takes an id, and how one is given there."""

from dataclasses import dataclass

from resolvers.node_ids import NodeKind
from tests.rights.expected import PRIVATE, SIMPLE
from tests.rights.foreign import Place
from tests.rights.scene import Scene


ANY_KIND = tuple(NodeKind)
DECISION = "{ allowed reason message passingRoles }"
LISTED = "{ totalCount nodes { id } pageInfo { endCursor hasNextPage } }"


@dataclass(frozen=True)
class Reading:
    """
    A field that takes an id, or *many*, where its text has `$`; a `@` is in what stands around it.

    *kinds* are those of the ids that it takes.
    """

    field: str
    around: str = "@"
    kinds: tuple[NodeKind, ...] = ANY_KIND
    many: bool = False

    def text(self, given: str, action: str) -> str:
        """Write the field with what is *given*; *action* is asked about, if one is."""
        return self.field.replace("$", given).replace("action: !", f"action: {action}")


def readings(scene: Scene) -> dict[str, Reading]:
    """Say of each place of a query how it is asked."""
    private = scene.world.id(scene.structures[PRIVATE])
    structure = f'structure(by: {{id: "{private}"}}) {{ @ }}'
    membership = scene.world.id(scene.memberships[PRIVATE, SIMPLE])
    member = f'node(id: "{membership}") {{ ... on Membership {{ @ }} }}'
    place, service, user = (NodeKind.STRUCTURE,), (NodeKind.SERVICE,), (NodeKind.USER,)
    viewer = "viewer { @ }"

    def filtered(field: str, name: str) -> str:
        return f"{field}(filter: {{{name}: $}}) {LISTED}"

    return {
        "Query.node(id)": Reading("node(id: $) { id }"),
        "Query.nodes(ids)": Reading("nodes(ids: $) { id }", many=True),
        "Query.structure(by.id)": Reading("structure(by: {id: $}) { id name }", kinds=place),
        "Query.explainAccess(target)": Reading(f"explainAccess(action: !, target: $) {DECISION}"),
        "Query.explainAccess(userId)": Reading(
            f'explainAccess(action: SERVICE_LIST, target: "{private}", userId: $) {DECISION}',
            kinds=user,
        ),
        "Viewer.can(target)": Reading(f"can(action: !, target: $) {DECISION}", viewer),
        "Viewer.areaTabs(structureId)": Reading(
            "areaTabs(structureId: $) { available missing mode }", viewer, place
        ),
        "Viewer.requests(filter.structureId)": Reading(
            filtered("requests", "structureId"), viewer, place
        ),
        "Viewer.decisions(filter.structureId)": Reading(
            filtered("decisions", "structureId"), viewer, place
        ),
        "Viewer.history(filter.actorId)": Reading(filtered("history", "actorId"), viewer, user),
        "Viewer.history(filter.userId)": Reading(filtered("history", "userId"), viewer, user),
        "Structure.users(filter.serviceId)": Reading(
            filtered("users", "serviceId"), structure, service
        ),
        "Structure.connectionRequests(filter.structureId)": Reading(
            filtered("connectionRequests", "structureId"), structure, place
        ),
        "Structure.subscriptionRequests(filter.structureId)": Reading(
            filtered("subscriptionRequests", "structureId"), structure, place
        ),
        "Structure.history(filter.actorId)": Reading(
            filtered("history", "actorId"), structure, user
        ),
        "Structure.history(filter.userId)": Reading(filtered("history", "userId"), structure, user),
        "Membership.areas(filter.serviceId)": Reading(
            filtered("areas", "serviceId"), member, service
        ),
    }


def query_places(scene: Scene) -> dict[str, Place]:
    """Say of each place of a query how to give an id there, one in each operation."""
    return {name: _place(reading) for name, reading in readings(scene).items()}


def _place(reading: Reading) -> Place:
    declared = "$given: [ID!]!" if reading.many else "$given: ID!"
    field = reading.text("$given", "USER_LIST")
    document = f"query ({declared}) {{ {reading.around.replace('@', field)} }}"
    return Place(reading.kinds, document, lambda given: {"given": given}, reading.many)
