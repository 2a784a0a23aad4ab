import multiprocessing
import os
import stat

from pathlib import Path

import pytest

from joserfc.jwk import ECKey

from resolvers.secrets import ROOT_FILE, SIGNING_FILE, Secrets, SecretsError
from settings import Settings


def settings(folder: Path, **more: object) -> Settings:
    return Settings(data_directory=folder / "data", **more)  # type: ignore[arg-type]


def fingerprint(folder: Path) -> tuple[bytes, str]:
    secrets = Secrets.load(settings(folder))
    return secrets.derive("a purpose"), secrets.signing_key.thumbprint()


def test_the_first_start_makes_both_files_for_their_owner_only(tmp_path: Path) -> None:
    Secrets.load(settings(tmp_path))

    files = sorted((tmp_path / "data").iterdir())
    assert [file.name for file in files] == [ROOT_FILE, SIGNING_FILE]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files[0].read_bytes()) == 32


def test_a_later_start_takes_the_same_secrets(tmp_path: Path) -> None:
    assert fingerprint(tmp_path) == fingerprint(tmp_path)


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    one, other = fingerprint(tmp_path / "one"), fingerprint(tmp_path / "other")

    assert one[0] != other[0]
    assert one[1] != other[1]


@pytest.mark.race
def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(fingerprint, [tmp_path] * 12, chunksize=1)

    assert len(set(found)) == 1
    assert len(list((tmp_path / "data").iterdir())) == 2


def test_each_purpose_gets_a_key_of_its_own(tmp_path: Path) -> None:
    secrets = Secrets.load(settings(tmp_path))

    keys = {secrets.derive(purpose) for purpose in ("node ids", "cursors", "")}

    assert len(keys) == 3
    assert {len(key) for key in keys} == {32}
    assert (tmp_path / "data" / ROOT_FILE).read_bytes() not in keys


@pytest.mark.parametrize("name", [ROOT_FILE, SIGNING_FILE])
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_open_is_refused(tmp_path: Path, name: str, mode: int) -> None:
    Secrets.load(settings(tmp_path))
    (tmp_path / "data" / name).chmod(mode)

    with pytest.raises(SecretsError, match=f"run `chmod 600 .*{name}`"):
        Secrets.load(settings(tmp_path))


@pytest.mark.parametrize("name", [ROOT_FILE, SIGNING_FILE])
@pytest.mark.parametrize("content", [b"", b"too short", b"a" * 33])
def test_a_damaged_file_is_refused_and_kept(tmp_path: Path, name: str, content: bytes) -> None:
    Secrets.load(settings(tmp_path))
    (tmp_path / "data" / name).write_bytes(content)

    with pytest.raises(SecretsError, match=name):
        Secrets.load(settings(tmp_path))
    assert (tmp_path / "data" / name).read_bytes() == content


@pytest.mark.parametrize(
    "pem",
    [
        ECKey.generate_key("P-256").as_pem(private=False),
        ECKey.generate_key("P-384").as_pem(private=True),
    ],
    ids=["public key", "another curve"],
)
def test_another_kind_of_signing_key_is_refused(tmp_path: Path, pem: bytes) -> None:
    with pytest.raises(SecretsError, match="SIGNING_KEY must hold an EC P-256 private key"):
        Secrets.load(settings(tmp_path, secret_key=b"k" * 32, signing_key=pem.decode()))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(SecretsError, match="cannot be used"):
        Secrets.load(settings(tmp_path))


def test_many_nodes_take_their_secrets_from_the_environment(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256")
    pem = key.as_pem(private=True).decode()
    environment = {
        "DATA_DIRECTORY": str(tmp_path / "data"),
        "SECRET_KEY": os.urandom(32).hex(),
        "SIGNING_KEY": pem.replace("\n", "\\n"),
    }

    secrets = Secrets.load(Settings.from_environment(environment))

    assert secrets.signing_key.thumbprint() == key.thumbprint()
    assert not (tmp_path / "data").exists()


def test_the_settings_do_not_show_the_secrets() -> None:
    shown = repr(Settings(secret_key=b"k" * 32, signing_key="a canary"))

    assert "kkk" not in shown
    assert "canary" not in shown
