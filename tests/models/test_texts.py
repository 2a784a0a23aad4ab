import unicodedata

import pytest

from hypothesis import given
from hypothesis import strategies as generated

from models.errors import Invalid
from models.texts import clean_text, optional_text


def test_a_text_is_trimmed_and_composed() -> None:
    assert clean_text("  Caf\u0065\u0301 ", maximum=10) == "Caf\u00e9"


@pytest.mark.parametrize(
    "hidden",
    [
        "\x00",
        "\x07",
        "\x7f",
        "\x85",
        "\ud800",
        "\ue000",
        "\uffff",
        "\u200b",
        "\u200d",
        "\u202e",
        "\ufeff",
    ],
)
def test_what_cannot_be_shown_is_refused(hidden: str) -> None:
    with pytest.raises(Invalid):
        clean_text(f"a{hidden}b", maximum=10)


def test_joiners_are_kept_inside_a_text_of_several_lines() -> None:
    family = "\N{MAN}\u200d\N{WOMAN}"

    assert clean_text(f" {family}\u200d ", maximum=10, lines=True) == family
    assert optional_text("\u200d \u200c", maximum=10, lines=True) is None


def test_lines_are_kept_only_where_they_belong() -> None:
    assert clean_text("one\r\ntwo\rthree", maximum=20, lines=True) == "one\ntwo\nthree"
    with pytest.raises(Invalid):
        clean_text("one\ntwo", maximum=20)


@pytest.mark.parametrize("text", ["ab", "abcdef", "   ab   "])
def test_the_length_is_that_of_the_cleaned_text(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_text(text, minimum=3, maximum=5)

    assert refused.value.expected == "3 to 5 characters."


def test_an_empty_optional_text_is_none() -> None:
    assert optional_text("   ", maximum=5) is None
    assert optional_text(None, maximum=5) is None


@given(generated.text())
def test_a_clean_text_stays_as_it_is(text: str) -> None:
    try:
        cleaned = clean_text(text, maximum=1_000, lines=True)
    except Invalid:
        return
    assert clean_text(cleaned, maximum=1_000, lines=True) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
