"""What is said to Hydra 1.3 and to its next version, 1.4, in other words: neither warns of the other's.

`python -m pytest -m slow tests/test_hydra_candidate.py` runs a sweep with a release candidate.
"""

from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any, Final

import hydra
from omegaconf import OmegaConf

VERSION_BASE: Final[Mapping[str, str]] = {"version_base": "1.3"} if hydra.__version__.startswith("1.3.") else {}
"""for `hydra.main` and `initialize_config_dir`: 1.3 warns where it is missing, 1.4 where it is given"""


def register_resolver(name: str, resolver: Callable[..., Any]) -> None:
    """Make `${name:…}` known to yaml files.

    Args:
        name: of the function.
        resolver: what it returns for its arguments.
    """
    # OmegaConf 2.3 has an older function of that name, which is another one.
    newest = "replace" in signature(OmegaConf.register_resolver).parameters
    register: Any = OmegaConf.register_resolver if newest else OmegaConf.register_new_resolver
    register(name, resolver, replace=True)
