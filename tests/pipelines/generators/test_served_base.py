"""The base behind a server: compared with the experiment's, where the server says which one it has."""

from pathlib import Path

import pytest

from harness.errors import ArmError
from harness.store.store import Artifact
from pipelines.generators.server.counting import load_tokens
from pipelines.generators.server.listing import weights_name
from tests.pipelines.generators.test_openai import generator
from tests.servers.fake_openai import Say, fake_openai

KEY, OTHER = "a" * 32, "b" * 32
ADAPTER = Artifact("served:qlora", Path(), 0.0, True)


def use(models, arm="qlora", **changes):
    with fake_openai(models=models) as fake:
        fake.of_model["tuned"] = Say(words=("Left.",))
        loaded = generator(fake.url, adapters={"qlora": "tuned"}, **changes).load()
        return loaded.use(arm, ADAPTER if arm == "qlora" else None)


@pytest.mark.parametrize("arm", ["qlora", "base"])
@pytest.mark.parametrize(
    ("root", "noted"),
    [(f"/store/exported_base/{OTHER}", f"store/exported_base/{KEY}"), ("org/Other-7B", "org/Qwen2.5-7B")],
)
def test_another_base_is_refused_with_both_names(arm, root, noted):
    with pytest.raises(ArmError) as caught:
        use({"base": {"root": root}, "tuned": {"parent": "base"}}, arm, served_base=noted)
    assert str(caught.value).startswith(f"arm {arm}: the server has {root} under 'base'")
    assert f"the experiment's base is {noted}" in str(caught.value)


@pytest.mark.parametrize(
    ("root", "noted"),
    [
        (f"/elsewhere/{KEY}/", f"store/exported_base/{KEY}"),
        ("/cache/models--Qwen--Qwen2.5-7B/snapshots/0123abc", "Qwen/Qwen2.5-7B"),
        ("base", "org/Qwen2.5-7B"),  # some servers repeat the name
        ("", "org/Qwen2.5-7B"),
        ("org/Other-7B", None),
    ],
)
def test_the_same_base_elsewhere_or_one_that_is_not_said_answers(root, noted):
    assert use({"base": {"root": root}, "tuned": {}}, served_base=noted)["served_model"] == "tuned"


def test_an_adapter_on_another_base_is_refused_with_both_names():
    models = {"base": {"root": "org/One"}, "large": {"root": "org/Two"}, "tuned": {"parent": "large"}}
    with pytest.raises(ArmError, match=r"the adapter 'tuned' on the base 'large', and the experiment's base is 'base'"):
        use(models)


def test_a_name_that_only_begins_alike_is_another_base():
    with pytest.raises(ArmError, match="on the base 'base-large'"):
        use({"base": {}, "tuned": {"parent": "base-large"}})


@pytest.mark.parametrize(
    "models",
    [
        {"base": {"root": "org/One"}, "alias": {"root": "org/One"}, "tuned": {"parent": "alias"}},
        {"base": {"root": "org/One"}, "tuned": {"parent": "org/One"}},
        {"base": {}, "tuned": {"parent": "base-2026-01-01"}},
        {"base": {}, "tuned": {}},
    ],
)
def test_another_name_of_the_same_base_is_no_other_base(models):
    assert use(models)["served_model"] == "tuned"


def test_weights_are_known_by_their_last_name():
    assert weights_name("Qwen/Qwen2.5-7B") == weights_name("/models/Qwen2.5-7B/") == "qwen2.5-7b"


def test_prompts_of_a_plain_template_are_counted_as_the_server_writes_them(checkpoint):
    from harness.types import Turn

    turns = (Turn("user", "Where does the fork go?"),)
    own, plain = (load_tokens(str(checkpoint), "native", {}, kind) for kind in ("own", "plain"))
    assert plain.format.plain
    assert not own.format.plain
    assert plain.of_turns(turns) != own.of_turns(turns)
