"""Checkpoints with a damaged or foreign file: answered with or refused in one message."""

import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.types import Turn
from pipelines.generators.engines import HfGenerator
from pipelines.generators.generator import Request
from tests.fuzz.trying import PLAIN, paths, put, tries, trying

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TEXTS = ("config.json", "tokenizer.json", "tokenizer_config.json")
WEIGHTS = "model.safetensors"
TEMPLATES = [
    "{{", "{% for", "", "nothing of it", "{{ messages[0].content.__class__.__mro__ }}", "{{ 1 / 0 }}",
    "{{ raise_exception('no') }}",
    "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "{{ 'x' * 10**10 }}",
    "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "{{" + "(" * 5000, "{{ messages }}", "{{ messages[0].content }}",
    "{{ messages[5].content }}", "{{ range(10**9) | list }}",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(checkpoint, tmp_path_factory):
    return checkpoint, tmp_path_factory.mktemp("model") / "m"


def _answer(folder):
    generator = HfGenerator(
        name="fuzzed", path=str(folder), revision=None, dtype="float32", quantisation="none", max_context=None,
        stop_tokens=(), system_role="auto", template_options={}, device="cpu", batch_tokens=4096, batch_size=8,
        gated_page="",
    )  # fmt: skip
    generator.content_key()
    loaded = generator.load()
    loaded.complete([Request("e", (Turn("user", "what colour is the door?"),))], max_new_tokens=2)


def _fresh(folder):
    original, copy = folder
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(original, copy)
    return copy


@tries(120)
@given(st.sampled_from(TEXTS), st.data())
def test_texts(folder, name, data):
    copy = _fresh(folder)
    content = json.loads((copy / name).read_text())
    if name == "tokenizer.json":  # its vocabulary alone has hundreds of places
        places = [
            path for path in paths(content) if len(path) < 4 and "vocab" not in path[:-1] and "merges" not in path[:-1]
        ]
    else:
        places = list(paths(content))
    changed = put(content, data.draw(st.sampled_from(places)), data.draw(PLAIN))
    (copy / name).write_text(json.dumps(changed))
    with trying("model texts"):
        _answer(copy)


@tries(40)
@given(
    st.sampled_from([*TEXTS, WEIGHTS]),
    st.floats(0, 1),
    st.sampled_from(["cut", "flip", "empty", "deep", "gone", "link"]),
)
def test_bytes(folder, name, where, damage):
    copy = _fresh(folder)
    path, content = copy / name, (copy / name).read_bytes()
    at = int(where * (len(content) - 1))
    path.unlink()
    if damage == "link":
        path.symlink_to(path)
    elif damage != "gone":
        flipped = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        path.write_bytes({"cut": content[:at], "flip": flipped, "empty": b"", "deep": b"[" * 100_000}[damage])
    with trying("model bytes"):
        _answer(copy)


@pytest.mark.parametrize("template", TEMPLATES)
def test_templates(folder, template):
    copy = _fresh(folder)
    (copy / "chat_template.jinja").write_text(template)
    with trying("templates"):
        _answer(copy)
