"""What answers came from: a digest of the code that sees what runs and nothing else, and of an adapter's weights."""

import pytest

from harness.runner import origins
from harness.store.store import Artifact

SOURCE = '''
"""A module."""
LIMIT = 3
"""what it means"""

def shown(text):
    """Return it."""
    return text[:LIMIT]  # the beginning
'''


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("A module", "Another text", True),
        ("Return it", "Give it back", True),
        ("  # the beginning", "", True),
        ("what it means", "other words", True),
        ("def shown(text):", "def shown(\n    text\n):", True),
        ("LIMIT = 3", "LIMIT = 4", False),
        ("text[:LIMIT]", "text[LIMIT:]", False),
    ],
)
def test_only_what_runs_counts(old, new, same):
    changed = SOURCE.replace(old, new)
    assert changed != SOURCE
    assert (origins.digest_of_source(changed) == origins.digest_of_source(SOURCE)) == same


def test_the_modules_that_make_answers_are_known():
    code = origins.code()["code"]
    assert {"pipelines.prompts", "pipelines.rag.searcher", "pipelines.generators.chat", "harness.types"} <= set(code)
    assert not [name for name in code if name.startswith(("harness.reports", "harness.analysis", "pipelines.speed"))]


def test_equal_weights_have_one_digest(tmp_path):
    def adapter(name, weights, note):
        (tmp_path / name).mkdir()
        (tmp_path / name / "adapter_model.safetensors").write_bytes(weights)
        (tmp_path / name / "artifact.json").write_text(note)
        return ("adapter", Artifact(name, tmp_path / name, 1.0, True))

    first, second, third = adapter("a", b"1", "x"), adapter("b", b"1", "y"), adapter("c", b"2", "x")
    assert origins.weights([first]) == origins.weights([("index", third[1]), second])
    assert origins.weights([first]) != origins.weights([third])
    assert origins.weights([("index", first[1])]) == {}
