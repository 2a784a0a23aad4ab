"""What the viewer may do, and why not: the same rules that the fields and the acts ask."""

from dataclasses import dataclass
from typing import Any

from models.access import ANYONE
from models.areas import AreaMode, dropped_without_decision
from models.membership_life import TOUCHED_BY, may_touch
from models.memberships import MANAGERS, MembershipStatus, Role
from models.policy import POLICY, AccessRole, Action, DenyReason, Rule
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

_OF_MANAGERS_BY_PRIMARY = frozenset({Action.SUBSCRIPTION_SET, Action.SUBSCRIPTION_END})
"""What is done to another manager's membership by the primary manager only (domain.md 2.2)."""

_OF_SIMPLE_USERS = frozenset({Action.SERVICE_USER_MANAGE, Action.SUBSCRIPTION_DUPLICATE})
"""What is done to simple users' memberships only: a manager reaches everything."""

_TAKEN_BY_INACTIVE = frozenset(
    {
        Action.SUBSCRIPTION_END,
        Action.SERVICE_USER_MANAGE,
        Action.STRUCTURE_DEACTIVATE,
        Action.MEMBERSHIP_DEACTIVATE,
        Action.MEMBERSHIP_REACTIVATE,
        Action.MEMBERSHIP_DELETE,
        Action.MEMBERSHIP_LEAVE,
        Action.MANDATE_REVOKE,
    }
)
_CLOSING = frozenset({Action.OPENED_AREA_MANAGE, Action.BANK_ACCOUNT_MANAGE})
"""What an inactive structure takes for a thing that can be closed, though it gets no new one."""

_DECIDING = frozenset({Action.CONNECTION_REQUEST_DECIDE, Action.SUBSCRIPTION_REQUEST_DECIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """
    What counts beside an object itself: the structure and the membership that it belongs to.

    *self_service* says whether users give up rights of their own where no decision gave them.
    """

    structure: Any = None
    membership: Any = None
    self_service: bool = True


ALONE = Surroundings()


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
        reason = _obstacle(viewer, action, source, around)
    else:
        reason = _why_not(viewer, rule, source)
    return Decision(rule, reason, of_other)


def decide_anywhere(viewer: Viewer | None, action: Action) -> Decision:
    """Ask whether *viewer* holds *action* on at least one object."""
    rule = POLICY[action]
    if viewer is None:
        return Decision(rule, DenyReason.NOT_AUTHENTICATED)
    if viewer.passes_anywhere(action):
        return Decision(rule, _missing_mandate(viewer, action, None))
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


def _missing_mandate(viewer: Viewer, action: Action, structure_id: int | None) -> DenyReason | None:
    """Tell whether a mandate is missing on a structure, or on all where he has the right."""
    if action != Action.INVOICE_INPUT:
        return None
    places = viewer.active if structure_id is None else [structure_id]
    rule, mandated = POLICY[action], viewer.invoicing.mandated
    entered = any(place in mandated and viewer.subscribes(rule, place) for place in places)
    return None if entered else DenyReason.MANDATE_REQUIRED


def _obstacle(
    viewer: Viewer, action: Action, source: Any, around: Surroundings
) -> DenyReason | None:
    if not POLICY[action].acts:
        return None
    structure = around.structure or source
    replaced = action == Action.PRIMARY_MANAGER_TRANSFER and viewer.is_support
    closing = action in _CLOSING and hasattr(source, "closed_at")
    taken = replaced or closing or action in _TAKEN_BY_INACTIVE
    if getattr(structure, "deactivated_at", None) is not None and not taken:
        return DenyReason.STRUCTURE_INACTIVE
    if action == Action.IDENTIFIER_CHANGE and getattr(structure, "local_authority", False):
        return None if viewer.is_support else DenyReason.CONTACT_SUPPORT
    if action in _DECIDING and getattr(source, "owner_id", None) == viewer.id:
        primary = viewer.role(source.structure_id) == Role.PRIMARY_MANAGER
        return None if primary else DenyReason.SELF_DECISION
    if action == Action.INVOICE_INPUT:
        return _missing_mandate(viewer, action, source.structure_id)
    return _protection(viewer, action, source, around)


def _protection(
    viewer: Viewer, action: Action, source: Any, around: Surroundings
) -> DenyReason | None:
    """Tell what keeps *viewer* from a service, from somebody's membership, or from his own."""
    if action == Action.SERVICE_MANAGE:
        return DenyReason.SERVICE_RESERVED if getattr(source, "reserved", False) else None
    if action in _OF_SIMPLE_USERS:
        return DenyReason.TARGET_PROTECTED if getattr(source, "role", None) in MANAGERS else None
    membership = around.membership or source
    if action in TOUCHED_BY and isinstance(getattr(membership, "role", None), Role):
        allowed = may_touch(action, membership.role)
        refused = allowed.isdisjoint(viewer.standing(source.structure_id))
        return DenyReason.TARGET_PROTECTED if refused else None
    if action == Action.MEMBERSHIP_LEAVE and membership.role == Role.PRIMARY_MANAGER:
        return DenyReason.TARGET_PROTECTED
    if action in _OF_MANAGERS_BY_PRIMARY and hasattr(membership, "is_touchable_by"):
        return _protection_of_rights(viewer, membership, source, around)
    return None


def _protection_of_rights(
    viewer: Viewer, membership: Any, source: Any, around: Surroundings
) -> DenyReason | None:
    role = viewer.role(source.structure_id)
    if not membership.is_touchable_by(viewer.id, role):
        return DenyReason.TARGET_PROTECTED
    area = getattr(source, "area", None)
    if area is None or role in MANAGERS:
        return None
    alone = role is not None and around.self_service and dropped_without_decision(area)
    return None if alone else DenyReason.ROLE_TOO_LOW
