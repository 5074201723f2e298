"""Every yaml file of conf/, composed as the command line composes it, in few compositions: each takes half a second."""

import json
from functools import cache
from itertools import zip_longest
from pathlib import Path

from omegaconf import OmegaConf

from harness.cli.config import compose, resolved

CONF = Path(__file__).resolve().parents[1] / "conf"
LISTS = ("arm", "metric", "report")
"""groups of which a run has several"""
ADDED = ("decision",)
"""groups that no run has: their commands add a choice"""
APART = ("claim",)
"""groups that no run is composed with: a command of their own reads their files"""
NAMES = {
    folder.name: sorted(path.stem for path in folder.glob("*.yaml"))
    for folder in sorted(CONF.iterdir())
    if folder.is_dir()
}
"""the yaml files of each group"""
CHOICES = [f"{group}/{name}" for group, names in NAMES.items() for name in names]
RAGAS = ["judge=ragas", "judge.llm.model=x"]
FILL = {
    "task/jsonl": ["task.dir=."],
    "model/local": ["model.path=."],
    "model/server": ["model.model=x"],
    "judge/ragas": RAGAS[1:],
    "judge/ragas_local": ["judge.llm.path=."],
}
"""values that a user must give"""
JUDGED = [
    name for name in NAMES["metric"] if "judge=ragas" in (CONF / f"metric/{name}.yaml").read_text(encoding="utf-8")
]
"""metrics that only a language model can judge"""


@cache
def composed(*overrides: str, machine: tuple[str, ...] = ()) -> dict:
    """Return the configuration of these overrides; `machine` holds KEY=VALUE for the keys that it has."""
    config = compose(overrides)
    for line in machine:
        key, _, value = line.partition("=")
        if OmegaConf.select(config, key) is not None:
            OmegaConf.update(config, key, value)
    return resolved(config)


@cache
def nodes(machine: tuple[str, ...] = ()) -> dict[str, dict]:
    """Return the node of every choice. One composition takes all files of the list groups, or one of each other group.

    A model is composed alone, since it may set the defaults of other groups.
    """
    found = {}
    plain = [name for name in NAMES["metric"] if name not in JUDGED]
    for metrics, more in ((plain, []), (JUDGED, RAGAS)):
        lists = {"arm": NAMES["arm"], "metric": metrics, "report": NAMES["report"]}
        chosen = [f"{group}={json.dumps(names)}" for group, names in lists.items()]
        config = composed(*chosen, *more, machine=machine)
        found |= {f"{group}/{name}": config[group][name] for group, names in lists.items() for name in names}
    for group in APART:
        loaded = {name: OmegaConf.load(CONF / group / f"{name}.yaml") for name in NAMES[group]}
        found |= {f"{group}/{name}": OmegaConf.to_container(node, resolve=True) for name, node in loaded.items()}
    composed_apart = (*LISTS, *APART, "model")
    single = [[f"{group}/{name}" for name in names] for group, names in NAMES.items() if group not in composed_apart]
    models = [(f"model/{name}",) for name in NAMES["model"]]
    for choices in [*models, *zip_longest(*single)]:
        given = [choice for choice in choices if choice]
        fill = [line for choice in given for line in FILL.get(choice, [])]
        empty = [f"{group}=[]" for group in LISTS]
        config = composed(*empty, *map(_override, given), *fill, machine=machine)
        found |= {choice: config[choice.partition("/")[0]] for choice in given}
    return found


def _override(choice: str) -> str:
    group, _, name = choice.partition("/")
    return f"{'+' * (group in ADDED)}{group}={name}"
