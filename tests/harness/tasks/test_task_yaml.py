import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from harness.cli.config import register_resolvers
from tests.harness.tasks.making import CONF

NAMES = sorted(path.stem for path in CONF.glob("*.yaml"))


@pytest.fixture(autouse=True)
def hydra_config():
    register_resolvers()
    with initialize_config_dir(str(CONF.parent), version_base="1.3"):
        yield


def chosen(*overrides):
    return set(compose("config", ["task.dir=.", *overrides] if "task=jsonl" in overrides else list(overrides)).metric)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_chooses_its_metrics(name):
    override = OmegaConf.load(CONF / f"{name}.yaml").defaults[-1]
    assert chosen(f"task={name}") == set(next(iter(override.values())))


def test_metrics_on_the_command_line_come_before_the_tasks():
    assert chosen("task=qa", "metric=[chrf]") == {"chrf"}


def test_there_is_a_task_for_every_set_named_in_the_readme():
    assert {"summarization", "qa", "support", "jsonl", "scitldr", "dialogsum", "squad_v2", "pubmedqa", "bitext"} <= set(
        NAMES
    )
