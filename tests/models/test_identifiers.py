import pytest

from hypothesis import given
from hypothesis import strategies as st
from stdnum.luhn import calc_check_digit

from models import identifiers
from models.errors import Invalid
from models.identifiers import EXPECTED, IdentifierType, normalise_identifier, siren


VALID = [
    (IdentifierType.SIRET, "78412096600030"),
    (IdentifierType.EU_VAT, "BE0999887777"),
    (IdentifierType.NON_EU, "USACME"),
    (IdentifierType.NON_EU, "XKACME"),
    (IdentifierType.RIDET, "0123456001"),
    (IdentifierType.RIDET, "012345600"),
    (IdentifierType.TAHITI, "A12345001"),
    (IdentifierType.OTHER, "IN-REGISTRATION/2026"),
    (IdentifierType.INDIVIDUAL, "DURAND-PAUL-19850412"),
]

INVALID = [
    (IdentifierType.SIRET, "78412096600031"),
    (IdentifierType.SIRET, "7841209660003"),
    (IdentifierType.SIRET, "784120966000300"),
    (IdentifierType.SIRET, "7841209660003O"),
    (IdentifierType.SIRET, ""),
    (IdentifierType.EU_VAT, "FR40303265045"),
    (IdentifierType.EU_VAT, "BE0999887778"),
    (IdentifierType.EU_VAT, "US123456789"),
    (IdentifierType.NON_EU, "1SACME"),
    (IdentifierType.NON_EU, "US"),
    (IdentifierType.NON_EU, "FRACME"),
    (IdentifierType.NON_EU, "GRACME"),
    (IdentifierType.NON_EU, "ZZACME"),
    (IdentifierType.NON_EU, "USACMEACMEACMEACMEA"),
    (IdentifierType.RIDET, "01234560"),
    (IdentifierType.RIDET, "01234560012"),
    (IdentifierType.TAHITI, "A1234500"),
    (IdentifierType.TAHITI, "A12345001X"),
    (IdentifierType.OTHER, "   "),
    (IdentifierType.OTHER, "A" * 81),
    (IdentifierType.OTHER, "A\u0000B"),
    (IdentifierType.INDIVIDUAL, ""),
]


def _valid_sirets() -> st.SearchStrategy[str]:
    return st.from_regex(r"\A[1-9][0-9]{7}\Z").flatmap(
        lambda body: st.from_regex(r"\A[0-9]{4}\Z").map(
            lambda place: _with_check_digit(_with_check_digit(body) + place)
        )
    )


def _with_check_digit(digits: str) -> str:
    return f"{digits}{calc_check_digit(digits)}"


@pytest.mark.parametrize(("kind", "value"), VALID)
def test_an_identifier_of_each_kind_is_accepted(kind: IdentifierType, value: str) -> None:
    assert normalise_identifier(kind, value) == value


@pytest.mark.parametrize(("kind", "value"), INVALID)
def test_a_malformed_identifier_is_refused(kind: IdentifierType, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        normalise_identifier(kind, value)

    assert refused.value.expected == EXPECTED[kind]


def test_every_kind_says_what_it_expects() -> None:
    assert set(EXPECTED) == set(IdentifierType)


def test_spaces_are_taken_out() -> None:
    assert normalise_identifier(IdentifierType.SIRET, " 784 120 966 00030 ") == "78412096600030"


def test_what_is_remembered_of_a_long_text_is_the_identifier_in_it() -> None:
    identifiers._checked.cache_clear()

    for length in (1, 1_000, 60_000):
        normalise_identifier(IdentifierType.SIRET, "78412096600030" + " " * length)

    assert identifiers._checked.cache_info().currsize == 1


def test_letters_are_raised() -> None:
    assert normalise_identifier(IdentifierType.EU_VAT, "be0999.887.777") == "BE0999887777"


def test_a_greek_number_is_written_in_one_way() -> None:
    for written in ("EL094259216", "gr 094259216"):
        assert normalise_identifier(IdentifierType.EU_VAT, written) == "EL094259216"


def test_a_siren_is_the_start_of_a_siret() -> None:
    assert siren("78412096600030") == "784120966"


@pytest.mark.parametrize("value", ["35600000000048", "35600000049837"])
def test_la_poste_numbers_its_establishments_in_its_own_way(value: str) -> None:
    assert normalise_identifier(IdentifierType.SIRET, value) == value


def test_the_exception_of_la_poste_is_no_free_pass() -> None:
    with pytest.raises(Invalid):
        normalise_identifier(IdentifierType.SIRET, "35600000049838")


def test_a_wrong_check_digit_passes_where_it_does_not_count() -> None:
    value = "15960900500023"

    assert normalise_identifier(IdentifierType.SIRET, value, checksum=False) == value
    with pytest.raises(Invalid):
        normalise_identifier(IdentifierType.SIRET, value)


@given(_valid_sirets())
def test_every_siret_with_its_check_digits_is_accepted(value: str) -> None:
    assert normalise_identifier(IdentifierType.SIRET, value) == value


@given(_valid_sirets(), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(value: str, place: int, shift: int) -> None:
    digit = str((int(value[place]) + shift) % 10)
    wrong = value[:place] + digit + value[place + 1 :]

    if not wrong.startswith("356000000"):
        with pytest.raises(Invalid):
            normalise_identifier(IdentifierType.SIRET, wrong)


@given(st.sampled_from(IdentifierType), st.text(max_size=100))
def test_any_text_is_accepted_in_normal_form_or_refused(kind: IdentifierType, text: str) -> None:
    try:
        stored = normalise_identifier(kind, text)
    except Invalid:
        return
    assert 1 <= len(stored) <= 80
    assert normalise_identifier(kind, stored) == stored
