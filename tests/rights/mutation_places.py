"""Every place of the mutations on what belongs to structures that takes an id."""

from resolvers.node_ids import NodeKind
from tests.rights.expected import PRIVATE
from tests.rights.foreign import RESULTS, Place, mutation
from tests.rights.scene import Scene
from tests.rights.structure_places import structure_places
from tests.world import iban


def mutation_places(scene: Scene) -> dict[str, Place]:
    """Say of each place of a mutation how to give an id there."""
    return structure_places(scene) | _places(scene)


def _places(scene: Scene) -> dict[str, Place]:
    world = scene.world
    structure = world.id(scene.structures[PRIVATE])
    member = scene.ids["membership of the simple user"]
    area = {"area": "ISSUED_INVOICES", "mode": "CONSULTATION"}
    whole = {"scope": {"wholeStructure": True}}
    details = {"label": "New", "iban": iban(900), "bic": "AGRIFRPP", "holderName": "Us"}
    accepted = {"acceptTerms": True, "termsVersion": world.settings.mandate_terms_version}
    newcomer = {"login": scene.person("stranger").login}
    reason = {"reason": "As the sheets say."}

    def ending(name: str) -> Place:
        return Place(
            (NodeKind.MEMBERSHIP,),
            mutation(name, RESULTS),
            lambda texts: {"input": {"membershipIds": texts} | reason},
            many=True,
        )

    return {
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
