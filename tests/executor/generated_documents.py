"""Documents drawn from a seed over a schema: they parse, but need not be valid."""

from random import Random
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
)


LITERALS = {
    "n": ["1", "$n", "$missing"],
    "colour": ["RED", "$colour", "null"],
    "numbers": ["[1, 2]", "[$n]", "3"],
    "filter": ["{a: 2}", '{b: "x"}', "{a: $n}"],
    "needed": ["4", "$n"],
}
VARIABLES = "$n: Int = 3, $colour: Colour, $yes: Boolean!, $no: Boolean! = false, $missing: Int"


class Text:
    """A document being written; `budget` bounds its fields."""

    def __init__(self, schema: GraphQLSchema, random: Random, budget: int) -> None:
        self.schema = schema
        self.random = random
        self.budget = budget
        self.fragments: dict[str, str] = {}

    def operation(self) -> str:
        serial = self.random.random() < 0.2
        root: Any = self.schema.mutation_type if serial else self.schema.query_type
        selections = self.selections(root, 4)
        word = "mutation" if serial else "query"
        return "\n".join([f"{word} Drawn({VARIABLES}) {selections}", *self.fragments.values()])

    def selections(self, parent: Any, depth: int) -> str:
        parts = [self.selection(parent, depth) for _ in range(self.random.randint(1, 4))]
        return "{ " + " ".join(parts) + " }"

    def selection(self, parent: Any, depth: int) -> str:
        drawn = self.random.random()
        if drawn < 0.08 or isinstance(parent, GraphQLUnionType) or self.budget <= 0:
            if drawn > 0.3 and self.budget > 0:
                return self.inline(parent, depth)
            return "__typename" + self.directive()
        if drawn < 0.18:
            return self.inline(parent, depth)
        if drawn < 0.28:
            return self.spread(parent, depth)
        return self.field(parent, depth)

    def field(self, parent: Any, depth: int) -> str:
        self.budget -= 1
        name, field = self.random.choice(list(parent.fields.items()))
        named = get_named_type(field.type)
        if not is_leaf_type(named) and depth == 0:
            return "__typename"
        arguments = self.arguments(field)
        # One response name always means one field with one set of arguments.
        alias = self.random.choice(["", "", "other_"])
        number = sum(map(ord, arguments))
        key = f"{alias}{name}_{number}: " if arguments or alias else ""
        inner = "" if is_leaf_type(named) else self.selections(named, depth - 1)
        return f"{key}{name}{arguments}{self.directive()} {inner}"

    def arguments(self, field: Any) -> str:
        given = [
            f"{name}: {self.random.choice(LITERALS[name])}"
            for name in field.args
            if self.random.random() < (0.95 if name == "needed" else 0.5)
        ]
        return f"({', '.join(given)})" if given else ""

    def directive(self) -> str:
        drawn = self.random.random()
        if drawn > 0.12:
            return ""
        word = self.random.choice(["skip", "include"])
        return f" @{word}(if: {self.random.choice(['true', 'false', '$yes', '$no'])})"

    def condition(self, parent: Any) -> Any:
        related = [parent]
        if isinstance(parent, GraphQLObjectType):
            related += parent.interfaces
        if isinstance(parent, (GraphQLInterfaceType, GraphQLUnionType)):
            related += self.schema.get_possible_types(parent) * 2
        return self.random.choice(related)

    def inline(self, parent: Any, depth: int) -> str:
        condition = self.condition(parent)
        on = (
            f" on {condition.name}" if condition is not parent or self.random.random() < 0.5 else ""
        )
        return f"...{on}{self.directive()} {self.selections(condition, depth)}"

    def spread(self, parent: Any, depth: int) -> str:
        condition = self.condition(parent)
        name = f"On{condition.name}_{depth}_{self.random.randint(0, 1)}"
        if name not in self.fragments:
            self.fragments[name] = ""  # Spread while it is written, it would contain itself.
            body = self.selections(condition, max(depth - 1, 0))
            self.fragments[name] = f"fragment {name} on {condition.name} {body}"
        elif not self.fragments[name]:
            return "__typename"
        return f"...{name}{self.directive()}"


def drawn_document(schema: GraphQLSchema, seed: int, budget: int) -> str:
    return Text(schema, Random(seed), budget).operation()
