"""A misspelt key or name is refused with the nearest one, in our words."""

import pytest

from harness.cli.near_names import refused_choice, refused_key

FILES = {
    "config.yaml": "limit: null\ndefaults: [task: qa]\n",
    "task/qa.yaml": "_target_: x\ncut: end\ncolumns: {input: [input], references: [answer]}\n",
    "task/own.yaml": "dir: ???\n",
    "arm/rag.yaml": "# @package arm.rag\nretriever: {k: 4}\n",
    "arm/base.yaml": "retriever: null\n",
    "arm/broken.yaml": "a: [1\n",
}


@pytest.fixture
def conf(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("limt", "limt is no key of the configuration; did you mean limit? (+limt=…"),
        ("taks", "did you mean task?"),
        ("task.colums.input", "did you mean task.columns.input?"),
        ("colums.input", "did you mean task.columns.input?"),
        ("task.columns.imput", "did you mean task.columns.input?"),
        ("arm.rag.retriver.k", "did you mean arm.rag.retriever.k?"),
        ("task.columns.zzzz", "there are input, references ("),
        ("task.dir", "task.dir is a key of files that are not chosen, such as task=own; choose it"),
    ],
)
def test_keys(conf, key, message):
    assert message in refused_key(f"Could not override '{key}'.\nTo append to your config use +{key}=1", conf)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("In 'config': Could not find 'task/qaa'", "task is qaa, which conf/task does not have; did you mean qa?"),
        ("In 'config': Could not find 'task/zzz'", "there are own, qa"),
        ("In 'task/own': Could not load 'arm/raag'.", "conf/task/own.yaml: arm is raag, which"),
    ],
)
def test_choices(conf, said, message):
    assert message in refused_choice(f"{said}\n\nConfig search path:\n…", conf)


def test_other_messages_are_none_of_these(conf):
    assert refused_key("Ambiguous value", conf) == refused_choice("In 'config': Could not find 'x/y'", conf) == ""
