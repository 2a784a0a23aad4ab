"""Acts on structures: on the card itself, on its status, its identifier and its manager."""

from models.policy import Action
from models.succession import FollowUpKind
from models.transfers import AfterTransfer
from resolvers import creating, deactivating, identifier_change, transferring, updating
from resolvers import payloads as resolve
from schema.answers import ListAnswer, SingleAnswer
from schema.fields import computed, described, mutation, object_type, open_field, plain
from schema.request_mutations import ITEM_OBJECT, ITEMS, SINGLE_OBJECT, ItemResult
from schema.structures import Structure


described(
    AfterTransfer,
    LEAVE="He is no longer connected; his rights on areas end.",
    SECONDARY_MANAGER="He stays as a secondary manager.",
    SIMPLE_USER="He stays as a simple user and keeps his rights on areas.",
)


@object_type(row=None)
class StructureResult(ItemResult):
    """Outcome of one item of a list."""

    structure: Structure | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class CreateStructurePayload(SingleAnswer):
    """Answer of createStructure."""

    structure: Structure | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class UpdateStructurePayload(SingleAnswer):
    """Answer of updateStructure."""

    structure: Structure | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class DeactivateStructuresPayload(ListAnswer):
    """Answer of deactivateStructures."""

    results: list[StructureResult] = plain(ITEMS)


@object_type(row=None)
class ReactivateStructuresPayload(ListAnswer):
    """Answer of reactivateStructures."""

    results: list[StructureResult] = plain(ITEMS)


@object_type(row=None)
class TransferPrimaryManagerPayload(ListAnswer):
    """Answer of transferPrimaryManager."""

    results: list[StructureResult] = plain(ITEMS)


described(
    FollowUpKind,
    INVOICING_MANDATE="Subscribe to the invoicing mandate again.",
    TECHNICAL_ACCOUNT="Create the technical account again.",
    EDI_DATA="Ask for the EDI or API connection again.",
    PACAGE_NUMBER="Enter the PACAGE number again.",
)


@object_type(row=None, records=resolve.FollowUp)
class FollowUp:
    """Something that did not follow the structure to its new identifier, and must be redone."""

    kind: FollowUpKind = plain("What.")
    message: str = plain("The same in a sentence.")


@object_type(row=None)
class ChangeIdentifierPayload(SingleAnswer):
    """Answer of changeIdentifier."""

    structure: Structure | None = open_field(
        resolve.single,
        "The new card as you may read it now; null after an error or a dry run.",
    )
    follow_ups: list[FollowUp] = computed(
        resolve.follow_ups, "What must be redone on the new card, done or only foreseen."
    )


@object_type(row=None)
class StructureMutations:
    """Acts on structures."""

    create_structure: CreateStructurePayload | None = mutation(
        creating.create_structure,
        "Create a structure that does not exist yet; you become its primary manager.",
        allow=Action.STRUCTURE_CREATE,
    )
    update_structure: UpdateStructurePayload | None = mutation(
        updating.update_structure,
        "Change general information, flags and applications used.",
        allow=Action.STRUCTURE_UPDATE,
    )
    deactivate_structures: DeactivateStructuresPayload | None = mutation(
        deactivating.deactivate_structures,
        "Make structures inactive; their pending requests are cancelled.",
        allow=Action.STRUCTURE_DEACTIVATE,
    )
    reactivate_structures: ReactivateStructuresPayload | None = mutation(
        deactivating.reactivate_structures,
        "Make structures active again, but none while one that it replaced, or that replaced it, is.",
        allow=Action.STRUCTURE_DEACTIVATE,
    )
    transfer_primary_manager: TransferPrimaryManagerPayload | None = mutation(
        transferring.transfer_primary_manager,
        "Hand the primary manager's role of one or several structures to another user.",
        allow=Action.PRIMARY_MANAGER_TRANSFER,
    )
    change_identifier: ChangeIdentifierPayload | None = mutation(
        identifier_change.change_identifier,
        "Give a structure a new identifier: a new card is made by copy, the old one becomes "
        "inactive.",
        allow=Action.IDENTIFIER_CHANGE,
    )
