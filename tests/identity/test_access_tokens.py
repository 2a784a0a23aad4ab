import base64
import hashlib
import hmac
import json

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from joserfc import jws, jwt
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey, OctKey

from resolvers.tokens import AccessTokens, Principal, Unauthenticated


KEY = ECKey.generate_key("P-256")
OTHER_KEY = ECKey.generate_key("P-256")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAMP = int(NOW.timestamp())
HEADER: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt"}
CLAIMS: dict[str, Any] = {
    "iss": "chorus-structures",
    "aud": "chorus-structures",
    "iat": STAMP,
    "exp": STAMP + 600,
    "sub": "7",
    "sid": "11",
    "jti": "0",
}


def tokens(now: datetime = NOW, **options: Any) -> AccessTokens:
    return AccessTokens(KEY, issuer="chorus-structures", seconds=600, clock=lambda: now, **options)


def encoded(content: object) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(header: object = HEADER, claims: object = CLAIMS, key: ECKey = KEY) -> str:
    """Sign whatever is given, which no library would do."""
    start = f"{encoded(header)}.{encoded(claims)}"
    signature = jws.JWSRegistry.algorithms["ES256"].sign(start.encode(), key)
    return f"{start}.{encoded(signature)}"


def with_mac(algorithm: str, secret: bytes) -> str:
    start = f"{encoded({**HEADER, 'alg': algorithm})}.{encoded(CLAIMS)}"
    return f"{start}.{encoded(hmac.digest(secret, start.encode(), hashlib.sha256))}"


def changed(**claims: Any) -> str:
    return signed(claims={k: v for k, v in {**CLAIMS, **claims}.items() if v is not None})


def headed(**header: Any) -> str:
    return signed({k: v for k, v in {**HEADER, **header}.items() if v is not None})


PUBLIC_PEM = KEY.as_pem(private=False)
GOOD = signed()
ATTACKS: dict[str, Callable[[], str]] = {
    "empty": lambda: "",
    "no dots": lambda: "token",
    "two parts": lambda: GOOD.rpartition(".")[0],
    "four parts": lambda: f"{GOOD}.{encoded({})}",
    "no signature": lambda: GOOD.rpartition(".")[0] + ".",
    "algorithm none": lambda: f"{encoded({**HEADER, 'alg': 'none'})}.{encoded(CLAIMS)}.",
    "algorithm None": lambda: f"{encoded({**HEADER, 'alg': 'None'})}.{encoded(CLAIMS)}.",
    "no algorithm": lambda: headed(alg=None),
    "public key as a shared secret": lambda: with_mac("HS256", PUBLIC_PEM),
    "empty shared secret": lambda: with_mac("HS256", b""),
    "another algorithm": lambda: headed(alg="ES384"),
    "another key": lambda: signed(key=OTHER_KEY),
    "key in the header": lambda: signed(
        {**HEADER, "jwk": OTHER_KEY.as_dict(private=False)}, key=OTHER_KEY
    ),
    "our own key in the header": lambda: headed(jwk=KEY.as_dict(private=False)),
    "address of a key": lambda: headed(jku="https://other.test/keys.json"),
    "certificate address": lambda: headed(x5u="https://other.test/certificate"),
    "key id that is a path": lambda: headed(kid="../../../../dev/null"),
    "key id that is SQL": lambda: headed(kid="' UNION SELECT 'secret"),
    "unknown critical extension": lambda: headed(crit=["exp"], exp=STAMP + 600),
    "empty critical list": lambda: headed(crit=[]),
    "unencoded payload": lambda: headed(b64=False, crit=["b64"]),
    "an identity token": lambda: headed(typ="JWT"),
    "no type": lambda: headed(typ=None),
    "type in another case": lambda: headed(typ="AT+JWT"),
    "header is a list": lambda: signed([HEADER]),
    "header is no JSON": lambda: signed(b"\xff"),
    "claims are a list": lambda: signed(claims=[CLAIMS]),
    "claims are no JSON": lambda: signed(claims=b"{"),
    "deeply nested header": lambda: f"{encoded(b'[' * 700)}.e30.e30",
    "another issuer": lambda: changed(iss="other"),
    "no issuer": lambda: changed(iss=None),
    "another audience": lambda: changed(aud="other"),
    "other audiences": lambda: changed(aud=["other", "another"]),
    "no audience": lambda: changed(aud=None),
    "expired": lambda: changed(exp=STAMP - 31),
    "no expiry": lambda: changed(exp=None),
    "expiry is a text": lambda: changed(exp=str(STAMP + 600)),
    "expiry is true": lambda: changed(exp=True),
    "expiry is not a number": lambda: changed(exp=float("nan")),
    "expiry is infinite": lambda: changed(exp=float("inf")),
    "expiry beyond the calendar": lambda: changed(exp=10**30),
    "issued in the future": lambda: changed(iat=STAMP + 31),
    "no time of issue": lambda: changed(iat=None),
    "not yet valid": lambda: changed(nbf=STAMP + 31),
    "no user": lambda: changed(sub=None),
    "user is a number": lambda: changed(sub=7),
    "user is SQL": lambda: changed(sub="7 OR 1=1"),
    "user beyond the keys": lambda: changed(sub="9" * 30),
    "no session": lambda: changed(sid=None),
    "session is a number": lambda: changed(sid=11),
    "no token id": lambda: changed(jti=None),
    "padded": lambda: GOOD + "=",
    "padded twice": lambda: GOOD + "==",
    "space before": lambda: " " + GOOD,
    "line after": lambda: GOOD + "\n",
    "bits after the end": lambda: GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
    "standard alphabet": lambda: signed(claims={**CLAIMS, "jti": "???>>>~~~"}).replace("_", "/"),
    "other claims under the signature": lambda: ".".join(
        [GOOD.split(".")[0], encoded({**CLAIMS, "sub": "1"}), GOOD.split(".")[2]]
    ),
    "not ASCII": lambda: GOOD + "é",
    "longer than any of ours": lambda: changed(jti="a" * 1_000),
    "a megabyte": lambda: signed(claims={**CLAIMS, "jti": "a" * 1_000_000}),
    "encrypted": lambda: jwt.encode(
        {"alg": "dir", "enc": "A128CBC-HS256", "typ": "at+jwt"},
        CLAIMS,
        OctKey.import_key(b"k" * 32),
        registry=JWERegistry(algorithms=["dir", "A128CBC-HS256"]),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_forged_token_is_refused(attack: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens().verify(ATTACKS[attack]())


def test_the_forgeries_differ_from_a_token_that_is_accepted() -> None:
    expected = Principal(user_id=7, session_id=11, expires_at=NOW + timedelta(minutes=10))

    assert tokens().verify(GOOD) == expected


def test_an_issued_token_names_user_and_session_and_no_right() -> None:
    token = tokens().issue(7, 11)

    decoded = jwt.decode(token, KEY, algorithms=["ES256"])
    assert decoded.header == HEADER
    assert decoded.claims.keys() == {"iss", "aud", "iat", "exp", "sub", "sid", "jti"}
    assert tokens().verify(token)[:2] == (7, 11)


def test_two_tokens_of_one_moment_differ() -> None:
    assert tokens().issue(7, 11) != tokens().issue(7, 11)


@pytest.mark.parametrize(("age", "accepted"), [(0, True), (600, True), (629, True), (630, False)])
def test_clocks_may_differ_by_half_a_minute(age: int, *, accepted: bool) -> None:
    token = tokens().issue(7, 11)
    later = tokens(NOW + timedelta(seconds=age))

    if accepted:
        assert later.verify(token).user_id == 7
    else:
        with pytest.raises(Unauthenticated):
            later.verify(token)


def test_a_remembered_token_expires_too() -> None:
    now = [NOW]
    known = AccessTokens(KEY, issuer="chorus-structures", seconds=600, clock=lambda: now[0])
    token = known.issue(7, 11)
    known.verify(token)
    now[0] += timedelta(seconds=630)

    with pytest.raises(Unauthenticated):
        known.verify(token)


def test_a_token_is_verified_once_and_then_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    known = tokens()
    token = known.issue(7, 11)
    first = known.verify(token)
    monkeypatch.setattr(jwt, "decode", None)

    assert known.verify(token) == first


def test_only_so_many_tokens_are_remembered() -> None:
    known = tokens(remembered=3)
    issued = [known.issue(number, 1) for number in range(5)]

    for token in issued:
        known.verify(token)

    assert len(known._known) == 3
    assert [known.verify(token).user_id for token in issued] == [0, 1, 2, 3, 4]


def test_a_forged_token_is_not_remembered() -> None:
    known = tokens()
    with pytest.raises(Unauthenticated):
        known.verify(signed(key=OTHER_KEY))

    assert not known._known


def test_a_token_of_another_installation_is_refused() -> None:
    other = AccessTokens(OTHER_KEY, issuer="chorus-structures", seconds=600, clock=lambda: NOW)

    with pytest.raises(Unauthenticated):
        tokens().verify(other.issue(7, 11))
