"""The answer of a mutation beside what the model says of it."""

from dataclasses import dataclass
from typing import Any

from tests.reference import calls
from tests.reference.acts import Done, Outcome, Refused
from tests.reference.reading import Names


TOLD = ("kind", "count", "before", "after", "area")
CONCERNED = ("user", "structure", "service")


@dataclass
class Answer:
    """What a mutation answered: a code for each item, the objects, and the effects."""

    nowhere: bool
    whole: list[str]
    codes: list[str | None]
    objects: list[dict[str, Any] | None]
    effects: list[Any]

    @classmethod
    def of(cls, act: str, body: dict[str, Any]) -> "Answer":
        """Read it."""
        payload = body["data"] and body["data"][act]
        if payload is None:
            told = {error["extensions"]["code"] for error in body["errors"]}
            assert told == {"FORBIDDEN"}, body
            return cls(True, [], [], [], [])
        assert "errors" not in body, body
        whole = [error["code"] for error in payload["errors"]]
        field = calls.object_field(act)
        if "results" not in payload:
            code = whole[0] if whole else None
            return cls(False, [], [code], [payload[field]], payload["effects"])
        results = payload["results"]
        codes = [one["error"] and one["error"]["code"] for one in results]
        objects = [one[field] for one in results]
        return cls(False, whole, codes, objects, payload["effects"])


def same_foreseen(names: Names, foreseen: Answer, done: Answer) -> None:
    """Check that a dry run foresaw what was done: codes and effects."""
    assert foreseen.nowhere == done.nowhere
    assert foreseen.whole == done.whole
    assert foreseen.codes == done.codes
    assert len(foreseen.effects) == len(done.effects)
    for before, after in zip(foreseen.effects, done.effects, strict=True):
        assert {key: before[key] for key in TOLD} == {key: after[key] for key in TOLD}
        for key in CONCERNED:
            # What a dry run would make has no id yet; what rights went with is not shown after.
            shown = {names.name(before[key]), names.name(after[key])} - {None, "unknown"}
            assert len(shown) <= 1, (before, after)


def as_expected(expected: Outcome, answer: Answer) -> None:
    """Check an answer against the model's outcome; of several codes that hold any will do."""
    assert answer.nowhere == expected.nowhere, (answer, expected)
    assert set(answer.whole) == expected.whole, (answer, expected)
    if expected.nowhere or expected.whole:
        return
    assert len(answer.codes) == len(expected.items), (answer, expected)
    for code, item in zip(answer.codes, expected.items, strict=True):
        allowed = item.codes if isinstance(item, Refused) else {None}
        assert code in allowed, f"answered {code}, expected one of {allowed}: {answer}"


def enter_new(names: Names, expected: Outcome, answer: Answer) -> None:
    """Learn the ids of new objects, and check that known ones are named by the answer."""
    for item, found in zip(expected.items, answer.objects, strict=True):
        if not isinstance(item, Done) or item.what is None or found is None:
            continue
        if not names.knows(item.what):
            names.enter(item.what, found["id"])
        assert names.id(item.what) == found["id"]
