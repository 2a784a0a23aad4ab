"""Acts on areas: to open and to close them, and to give and to end rights on them."""

from models.policy import Action
from resolvers import opening, subscribing
from resolvers import payloads as resolve
from schema.answers import ListAnswer
from schema.areas import AreaSubscription, StructureArea
from schema.fields import mutation, object_type, open_field, plain
from schema.request_mutations import ITEM_OBJECT, ITEMS, ItemResult


@object_type(row=None)
class StructureAreaResult(ItemResult):
    """Outcome of one item of a list."""

    structure_area: StructureArea | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class AreaSubscriptionResult(ItemResult):
    """Outcome of one item of a list."""

    subscription: AreaSubscription | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class OpenAreasPayload(ListAnswer):
    """Answer of openAreas."""

    results: list[StructureAreaResult] = plain(ITEMS)


@object_type(row=None)
class CloseAreasPayload(ListAnswer):
    """Answer of closeAreas."""

    results: list[StructureAreaResult] = plain(ITEMS)


@object_type(row=None)
class SetSubscriptionsPayload(ListAnswer):
    """Answer of setSubscriptions."""

    results: list[AreaSubscriptionResult] = plain(ITEMS)


@object_type(row=None)
class EndSubscriptionsPayload(ListAnswer):
    """Answer of endSubscriptions."""

    results: list[AreaSubscriptionResult] = plain(ITEMS)


@object_type(row=None)
class AreaMutations:
    """Acts on areas."""

    open_areas: OpenAreasPayload | None = mutation(
        opening.open_areas,
        "Add areas to structures or services; one that is opened changes its mode.",
        allow=Action.OPENED_AREA_MANAGE,
    )
    close_areas: CloseAreasPayload | None = mutation(
        opening.close_areas,
        "Close areas; the rights and pending requests below end.",
        allow=Action.OPENED_AREA_MANAGE,
    )
    set_subscriptions: SetSubscriptionsPayload | None = mutation(
        subscribing.set_subscriptions,
        "Give, raise or lower users' rights on areas.",
        allow=Action.SUBSCRIPTION_SET,
    )
    end_subscriptions: EndSubscriptionsPayload | None = mutation(
        subscribing.end_subscriptions,
        "End rights on areas.",
        allow=Action.SUBSCRIPTION_END,
    )
