"""What the answers of all mutations have in common."""

from resolvers import payloads as resolve
from schema.effects import Effect
from schema.errors import UserError
from schema.fields import computed, object_type, plain


@object_type(row=None)
class ListAnswer:
    """The answer of a mutation on a list, whose items tell their own errors."""

    effects: list[Effect] = plain("What it did or would do to others.")
    errors: list[UserError] = computed(resolve.call_problems, "Errors of the call as a whole.")


@object_type(row=None)
class SingleAnswer:
    """The answer of a mutation on one object."""

    effects: list[Effect] = plain("What it did or would do to others.")
    errors: list[UserError] = computed(resolve.all_problems, "Why it was not done.")
