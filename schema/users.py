"""People behind memberships and requests."""

from datetime import datetime

import strawberry

from models.accounts import UserKind, UserStatus
from models.policy import Action
from resolvers.node_ids import NodeKind
from resolvers.users import UserRecord
from schema.fields import guarded, object_type, plain
from schema.nodes import Node, global_id


@object_type(row=Action.CARD_READ, records=UserRecord)
class User(Node):
    """A person, or a program, that signs in."""

    id: strawberry.ID = global_id(NodeKind.USER)
    display_name: str = plain("First and last name.")
    masked_login: str = plain("Login with most letters hidden, for chasing a manager.")
    kind: UserKind = plain("Person or program.")
    login: str | None = guarded(None, "Login ID, an email address.", allow=Action.USER_CONTACT_READ)
    email: str | None = guarded(None, "Contact address.", allow=Action.USER_CONTACT_READ)
    phone: str | None = guarded(None, "Telephone number.", allow=Action.USER_CONTACT_READ)
    status: UserStatus | None = guarded(
        None, "State of the account.", allow=Action.USER_CONTACT_READ
    )
    last_connection_at: datetime | None = guarded(
        None, "When he last signed in.", allow=Action.USER_CONTACT_READ
    )
