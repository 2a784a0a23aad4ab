"""What can be done to a structure or a membership can be asked about beforehand."""

import re

from models.policy import Action
from resolvers.subjects import ON_MEMBERSHIP, ON_STRUCTURE
from schema.root import schema
from tests.rights.foreign import places_of_schema


PLACE = re.compile(r"(Mutation\.\w+)\(.*?(\w+?)Ids?\)")


def acts_on(named: str) -> set[Action]:
    """Give the actions whose mutations take ids of structures or of memberships."""
    taking = {
        found[1]
        for found in map(PLACE.fullmatch, places_of_schema())
        if found is not None and found[2].lower() == named
    }
    return {
        action
        for action, coordinates in schema.coordinates.items()
        if not taking.isdisjoint(coordinates)
    }


def test_every_act_on_a_membership_is_judged_there() -> None:
    assert acts_on("membership") - set(ON_MEMBERSHIP) == set()


def test_every_act_on_a_structure_is_judged_there() -> None:
    assert acts_on("structure") - set(ON_STRUCTURE) == set()
