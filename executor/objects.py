"""Generated functions that build the answer's objects with their leaves in place."""

from collections.abc import Callable
from typing import Any, NamedTuple

from graphql import GraphQLLeafType

from executor.generated import generate
from executor.leaves import Names, leaf_expression
from executor.readers import Reader


Target = dict[str, Any]
Builder = Callable[[list[Any], Callable[[int], Target]], list[Target]]


class Leaf(NamedTuple):
    """A leaf that is read and serialized inside the generated function."""

    reader: Reader
    type: GraphQLLeafType
    required: bool


class GuardedLeaf(NamedTuple):
    """A leaf that stands in its object at once where its permissions permit the whole batch."""

    leaf: Leaf
    permits: Callable[..., bool]


class Constant(NamedTuple):
    """A leaf that is the same for all objects of the type: its name."""

    value: str


def compile_builder(entries: dict[str, Leaf | Constant | None]) -> Builder:
    """
    Return a function that builds one object of the answer for each source.

    Its second argument makes the object with a given index where a leaf raised or is not plain.
    Keys without a leaf are null until their own batch fills them.
    """
    names: Names = {}
    reads: list[str] = []
    pairs: list[str] = []
    for number, (key, leaf) in enumerate(entries.items()):
        variable = f"value_{number}"
        if isinstance(leaf, Leaf):
            reads.append(f"            {variable} = {leaf.reader.expression}")
            names.update(leaf.reader.names)
            expression = leaf_expression(
                leaf.type, variable, names, required=leaf.required, certain=leaf.reader.certain
            )
        else:
            expression = repr(leaf.value if isinstance(leaf, Constant) else None)
        pairs.append(f"{key!r}: {expression}")
    lines = [
        "def build(sources, repair):",
        "    targets = []",
        "    add = targets.append",
        "    for source in sources:",
        "        try:",
        *reads,
        f"            add({{{', '.join(pairs)}}})",
        "        except Exception:",
        "            add(repair(len(targets)))",
        "    return targets",
    ]
    build: Builder = generate("\n".join(lines), "build", names)
    return build
