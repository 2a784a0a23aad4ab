"""Every place of the mutations on structures and requests that takes an id."""

from resolvers.node_ids import NodeKind
from tests.rights.expected import PRIVATE
from tests.rights.foreign import RESULTS, Place, mutation
from tests.rights.scene import Scene
from tests.world import siret


REQUEST_KINDS = (NodeKind.CONNECTION_REQUEST, NodeKind.SUBSCRIPTION_REQUEST)


def structure_places(scene: Scene) -> dict[str, Place]:
    """Say of each place of these mutations how to give an id there."""
    world = scene.world
    structure = world.id(scene.structures[PRIVATE])
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
    somebody = {"login": scene.person("secondary").login}
    reason = {"reason": "As the sheets say."}

    def deciding(name: str) -> Place:
        extra = reason if name.startswith("refuse") else {}
        return Place(
            (decide[name],),
            mutation(name, RESULTS),
            lambda text: {"input": {"requests": [{"id": text} | extra]}},
        )

    return {
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
    }
