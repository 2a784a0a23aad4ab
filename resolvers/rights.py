"""What the viewer may do, and why not: the same rules that the fields and the acts ask."""

from dataclasses import dataclass
from typing import Any

from models.access import ANYONE
from models.areas import AreaMode
from models.memberships import MembershipStatus
from models.policy import POLICY, AccessRole, Action, DenyReason, Rule
from resolvers.obstacles import ALONE, Surroundings, missing_mandate, obstacle
from resolvers.viewer import Viewer


MESSAGES = {
    DenyReason.NOT_AUTHENTICATED: "Nobody is signed in.",
    DenyReason.NOT_FOUND: "There is no such object, or you may not know of it.",
    DenyReason.NOT_A_MEMBER: "You have no active membership on the structure.",
    DenyReason.ROLE_TOO_LOW: "Your role on the structure does not allow it.",
    DenyReason.MEMBERSHIP_INACTIVE: "Your membership on the structure is inactive.",
    DenyReason.STRUCTURE_INACTIVE: "The structure is inactive.",
    DenyReason.SELF_ONLY: "Only the user concerned may do it.",
    DenyReason.SELF_DECISION: "Nobody decides his own request.",
    DenyReason.SERVICE_RESERVED: "The service is the platform's own: nobody changes it.",
    DenyReason.TARGET_PROTECTED: "The user holds a role that yours may not touch.",
    DenyReason.CONTACT_SUPPORT: "Only the platform's support may do it here.",
    DenyReason.ACCOUNT_INACTIVE: "The account is not active.",
    DenyReason.AREA_NOT_GRANTED: "You have no right on the area.",
    DenyReason.MODIFICATION_REQUIRED: (
        "Your right on the area is consultation; modification is needed."
    ),
    DenyReason.MANDATE_REQUIRED: "The structure has no active invoicing mandate.",
}

MESSAGES_OF_OTHERS = MESSAGES | {
    DenyReason.NOT_FOUND: "There is no such object, or the user may not know of it.",
    DenyReason.NOT_A_MEMBER: "The user has no active membership on the structure.",
    DenyReason.ROLE_TOO_LOW: "The user's role on the structure does not allow it.",
    DenyReason.MEMBERSHIP_INACTIVE: "The user's membership on the structure is inactive.",
    DenyReason.AREA_NOT_GRANTED: "The user has no right on the area.",
    DenyReason.MODIFICATION_REQUIRED: (
        "The user's right on the area is consultation; modification is needed."
    ),
}
"""The same where the answer is about somebody else than whoever asks."""

ON_STRUCTURE = (
    Action.CARD_READ,
    Action.GENERAL_READ,
    Action.PRIMARY_MANAGER_READ,
    Action.SERVICE_LIST,
    Action.OPENED_AREA_LIST,
    Action.USER_LIST,
    Action.ADMINISTRATION_READ,
    Action.REQUEST_LIST,
    Action.HISTORY_READ,
    Action.BANK_ACCOUNT_LIST,
    Action.BANK_ACCOUNT_READ,
    Action.MANDATE_READ,
    Action.CONNECTION_REQUEST_SUBMIT,
    Action.CONNECTION_REQUEST_DECIDE,
    Action.SUBSCRIPTION_REQUEST_SUBMIT,
    Action.SUBSCRIPTION_REQUEST_DECIDE,
    Action.STRUCTURE_UPDATE,
    Action.STRUCTURE_DEACTIVATE,
    Action.PRIMARY_MANAGER_TRANSFER,
    Action.IDENTIFIER_CHANGE,
    Action.SERVICE_MANAGE,
    Action.SERVICE_USER_MANAGE,
    Action.OPENED_AREA_MANAGE,
    Action.SUBSCRIPTION_SET,
    Action.SUBSCRIPTION_END,
    Action.USER_ATTACH,
    Action.SECONDARY_MANAGER_APPOINT,
    Action.MEMBERSHIP_DEACTIVATE,
    Action.MEMBERSHIP_REACTIVATE,
    Action.MEMBERSHIP_DELETE,
    Action.SUBSCRIPTION_DUPLICATE,
    Action.BANK_ACCOUNT_MANAGE,
    Action.MANDATE_SUBSCRIBE,
    Action.MANDATE_REVOKE,
    Action.INVOICE_INPUT,
    Action.INVOICE_ISSUE,
)
"""Every action that can be asked of a structure, in the order of the vocabulary."""

ON_MEMBERSHIP = (
    Action.MEMBERSHIP_READ,
    Action.SUBSCRIPTION_LIST,
    Action.SERVICE_USER_MANAGE,
    Action.SUBSCRIPTION_SET,
    Action.SUBSCRIPTION_END,
    Action.SECONDARY_MANAGER_APPOINT,
    Action.MEMBERSHIP_DEACTIVATE,
    Action.MEMBERSHIP_REACTIVATE,
    Action.MEMBERSHIP_DELETE,
    Action.MEMBERSHIP_LEAVE,
    Action.SUBSCRIPTION_DUPLICATE,
)
"""Every action that can be asked of a membership, in the order of the vocabulary."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a rule."""

    rule: Rule
    reason: DenyReason | None
    of_other: bool = False

    @property
    def action(self) -> Action:
        """The action asked about."""
        return self.rule.action

    @property
    def allowed(self) -> bool:
        """Whether it is allowed."""
        return self.reason is None

    @property
    def message(self) -> str | None:
        """The reason in a sentence."""
        messages = MESSAGES_OF_OTHERS if self.of_other else MESSAGES
        return None if self.reason is None else messages[self.reason]

    @property
    def passing_roles(self) -> tuple[AccessRole, ...]:
        """Who may."""
        return self.rule.passing_roles


def standing_towards(viewer: Viewer | None, source: Any) -> tuple[frozenset[AccessRole], bool]:
    """
    Tell what *viewer* is towards the record *source*, and whether it is of a public structure.

    A record says of itself: `structure_id` whose roles count, `owner_id` whom it is about,
    `published` whether it is public, `viewer_manages` whether the viewer manages a structure of
    the user.
    """
    published = bool(getattr(source, "published", False))
    if viewer is None:
        return ANYONE, published
    standing = viewer.standing(
        getattr(source, "structure_id", None), getattr(source, "owner_id", None)
    )
    if getattr(source, "viewer_manages", None):
        standing |= {AccessRole.SECONDARY_MANAGER}
    return standing, published


def allows(viewer: Viewer | None, rule: Rule, source: Any) -> bool:
    """Say whether *rule* lets *viewer* pass towards the record *source*."""
    standing, published = standing_towards(viewer, source)
    if rule.passes(standing, published=published):
        return True
    if viewer is None:
        return False
    # What is done is done on a service, where there is one; a right on any lets read.
    service_id = getattr(source, "service_id", None) if rule.acts else None
    place = getattr(source, "structure_id", None)
    return rule.passes(standing, subscribed=viewer.subscribes(rule, place, service_id))


def suffices_for_all(viewer: Viewer, rule: Rule, sources: list[Any]) -> bool:
    """
    Say whether *rule* passes for all records, by what holds for all of a structure at once.

    More roles never take a right away, unless the rule bars some; whom a record is about and
    what is public are left to a look at each one.
    """
    if rule.barred:
        return False
    if rule.passes(viewer.standing(None)):
        return True
    places = {getattr(source, "structure_id", None) for source in sources}
    if None not in places:
        return all(
            rule.passes(viewer.standing(place), subscribed=viewer.subscribes(rule, place))
            for place in places
        )
    if AccessRole.SECONDARY_MANAGER not in rule.roles:
        return False
    return all(getattr(source, "viewer_manages", None) is True for source in sources)


def decide(
    viewer: Viewer | None,
    action: Action,
    source: Any,
    around: Surroundings = ALONE,
    *,
    of_other: bool = False,
) -> Decision:
    """
    Ask the rule of *action* for *viewer* and the record *source*, with what is *around* it.

    A structure needs nothing around it. *of_other*: the viewer is not who asks.
    """
    rule = POLICY[action]
    if viewer is None:
        return Decision(rule, DenyReason.NOT_AUTHENTICATED)
    if allows(viewer, rule, source):
        reason = obstacle(viewer, action, source, around)
    else:
        reason = _why_not(viewer, rule, source)
    return Decision(rule, reason, of_other)


def decide_anywhere(viewer: Viewer | None, action: Action) -> Decision:
    """Ask whether *viewer* holds *action* on at least one object."""
    rule = POLICY[action]
    if viewer is None:
        return Decision(rule, DenyReason.NOT_AUTHENTICATED)
    if viewer.passes_anywhere(action):
        return Decision(rule, missing_mandate(viewer, action, None))
    if not viewer.active:
        return Decision(rule, DenyReason.NOT_A_MEMBER)
    if rule.subscribed:
        return Decision(rule, _missing_right(viewer.invoicing.strongest))
    return Decision(rule, DenyReason.ROLE_TOO_LOW)


def unknown(action: Action) -> Decision:
    """Answer for an object that is missing or not for the viewer."""
    return Decision(POLICY[action], DenyReason.NOT_FOUND)


def _why_not(viewer: Viewer, rule: Rule, source: Any) -> DenyReason:
    if rule.passing_roles == (AccessRole.SELF,):
        return DenyReason.SELF_ONLY
    structure_id = getattr(source, "structure_id", None)
    membership = None if structure_id is None else viewer.membership(structure_id)
    if membership is None:
        return DenyReason.NOT_A_MEMBER
    if membership.status == MembershipStatus.INACTIVE:
        return DenyReason.MEMBERSHIP_INACTIVE
    if not rule.subscribed.isdisjoint(viewer.standing(structure_id)):
        service_id = getattr(source, "service_id", None) if rule.acts else None
        return _missing_right(viewer.invoicing.mode(membership.structure_id or 0, service_id))
    return DenyReason.ROLE_TOO_LOW


def _missing_right(held: AreaMode | None) -> DenyReason:
    return DenyReason.AREA_NOT_GRANTED if held is None else DenyReason.MODIFICATION_REQUIRED
