import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

import pytest

from harness.errors import ConfigError
from harness.store.spec import ADDED, FORMERLY, canonical, digest, specification


@dataclass(frozen=True)
class Part:
    KEY: ClassVar[str] = "first.home.Part"
    VERSION: ClassVar[int] = 3
    size: int
    batch: int = field(compare=False)


@dataclass(frozen=True)
class Files:
    KEY: ClassVar[str] = "tests.Files"
    path: str = field(compare=False)

    def content_key(self):
        return "sha256:abc"


def test_fields_that_cannot_change_the_result_stay_out():
    part = Part(size=1, batch=8)
    assert digest(part) == digest(replace(part, batch=16))
    assert digest(part) != digest(replace(part, size=2))


def test_version_and_key_are_part_of_it():
    assert specification(Part(1, 1)) == {"class": "first.home.Part", "version": 3, "size": 1}


def test_a_class_without_a_key_of_its_own_is_refused():
    @dataclass(frozen=True)
    class Child(Part):
        pass

    with pytest.raises(ConfigError, match=r"class .*Child .* has no KEY"):
        specification(Child(1, 1))


def test_a_renamed_field_keeps_its_first_name():
    @dataclass(frozen=True)
    class Renamed:
        KEY: ClassVar[str] = "tests.Renamed"
        length: int = field(metadata={FORMERLY: "size"})

    assert specification(Renamed(3)) == {"class": "tests.Renamed", "size": 3}


def test_a_field_that_was_added_later_leaves_older_keys_alone():
    @dataclass(frozen=True)
    class Grown:
        KEY: ClassVar[str] = "tests.Grown"
        size: int
        depth: int = field(default=1, metadata=ADDED)

    assert specification(Grown(3)) == {"class": "tests.Grown", "size": 3}
    assert specification(Grown(3, 2)) == {"class": "tests.Grown", "size": 3, "depth": 2}


def test_files_are_known_by_content_not_by_path():
    assert specification(Files("/a")) == specification(Files("/b"))
    assert specification(Files("/a"))["content"] == "sha256:abc"


def test_order_of_keys_does_not_matter_but_order_of_lists_does():
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1}) == '{"a":2,"b":1}'
    assert digest([1, 2]) != digest([2, 1])


@pytest.mark.parametrize("items", [[], [1], ["ä", None, {"b": 1.5, "a": [True]}], [Part(1, 8), Files("/a")]])
def test_a_list_has_the_digest_of_its_text_and_of_the_same_tuple(items):
    assert digest(items) == hashlib.sha256(canonical(items).encode()).hexdigest() == digest(tuple(items))


def test_number_and_text_differ():
    assert digest({"a": 1}) != digest({"a": "1"})


@pytest.mark.parametrize("odd", [Path("/x"), {1, 2}, object(), b"x"])
def test_what_has_no_canonical_form_is_refused(odd):
    with pytest.raises(ConfigError):
        canonical({"a": odd})


def test_nan_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        canonical({"a": float("nan")})
