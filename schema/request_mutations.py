"""Acts on requests: to make, to withdraw, to validate and to refuse them."""

import strawberry

from models.policy import Action
from resolvers import deciding, requesting, validating
from resolvers import payloads as resolve
from schema.answers import ListAnswer, SingleAnswer
from schema.errors import UserError
from schema.fields import computed, mutation, object_type, open_field, plain
from schema.requests import ConnectionRequest, Request, SubscriptionRequest


ITEM_ID = "Id of the item, null where the input named none that exists."
ITEM_OBJECT = "The object as you may read it now."
ITEM_ERROR = "Why this item was not done."
ITEMS = "One entry per item, in the order of the input."
SINGLE_OBJECT = "The object as you may read it now; null after an error or a dry run that creates."


@object_type(row=None)
class ItemResult:
    """Outcome of one item of a list."""

    id: strawberry.ID | None = computed(resolve.identity, ITEM_ID)
    error: UserError | None = computed(resolve.error, ITEM_ERROR)


@object_type(row=None)
class ConnectionRequestResult(ItemResult):
    """Outcome of one item of a list."""

    request: ConnectionRequest | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class SubscriptionRequestResult(ItemResult):
    """Outcome of one item of a list."""

    request: SubscriptionRequest | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class RequestResult(ItemResult):
    """Outcome of one item of a list."""

    request: Request | None = open_field(resolve.item, ITEM_OBJECT)


@object_type(row=None)
class RequestConnectionPayload(SingleAnswer):
    """Answer of requestConnection."""

    request: ConnectionRequest | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class RequestSubscriptionPayload(SingleAnswer):
    """Answer of requestSubscription."""

    request: SubscriptionRequest | None = open_field(resolve.single, SINGLE_OBJECT)


@object_type(row=None)
class CancelRequestsPayload(ListAnswer):
    """Answer of cancelRequests."""

    results: list[RequestResult] = plain(ITEMS)


@object_type(row=None)
class ValidateConnectionRequestsPayload(ListAnswer):
    """Answer of validateConnectionRequests."""

    results: list[ConnectionRequestResult] = plain(ITEMS)


@object_type(row=None)
class RefuseConnectionRequestsPayload(ListAnswer):
    """Answer of refuseConnectionRequests."""

    results: list[ConnectionRequestResult] = plain(ITEMS)


@object_type(row=None)
class ValidateSubscriptionRequestsPayload(ListAnswer):
    """Answer of validateSubscriptionRequests."""

    results: list[SubscriptionRequestResult] = plain(ITEMS)


@object_type(row=None)
class RefuseSubscriptionRequestsPayload(ListAnswer):
    """Answer of refuseSubscriptionRequests."""

    results: list[SubscriptionRequestResult] = plain(ITEMS)


@object_type(row=None)
class RequestMutations:
    """Acts on requests."""

    request_connection: RequestConnectionPayload | None = mutation(
        requesting.request_connection,
        "Ask to be connected to a structure.",
        allow=Action.CONNECTION_REQUEST_SUBMIT,
    )
    cancel_requests: CancelRequestsPayload | None = mutation(
        deciding.cancel_requests,
        "Withdraw own pending requests of either kind.",
        allow=Action.REQUEST_CANCEL,
    )
    validate_connection_requests: ValidateConnectionRequestsPayload | None = mutation(
        validating.validate_connection_requests,
        "Validate connection requests; the users become simple users.",
        allow=Action.CONNECTION_REQUEST_DECIDE,
    )
    refuse_connection_requests: RefuseConnectionRequestsPayload | None = mutation(
        deciding.refuse_connection_requests,
        "Refuse connection requests, each with a reason.",
        allow=Action.CONNECTION_REQUEST_DECIDE,
    )
    request_subscription: RequestSubscriptionPayload | None = mutation(
        requesting.request_subscription,
        "Ask for a right on an area that is opened on a structure of yours.",
        allow=Action.SUBSCRIPTION_REQUEST_SUBMIT,
    )
    validate_subscription_requests: ValidateSubscriptionRequestsPayload | None = mutation(
        validating.validate_subscription_requests,
        "Validate area subscription requests.",
        allow=Action.SUBSCRIPTION_REQUEST_DECIDE,
    )
    refuse_subscription_requests: RefuseSubscriptionRequestsPayload | None = mutation(
        deciding.refuse_subscription_requests,
        "Refuse area subscription requests, each with a reason.",
        allow=Action.SUBSCRIPTION_REQUEST_DECIDE,
    )
