"""A model behind any server that speaks OpenAI's chat protocol: vLLM, transformers serve, Ollama, OpenAI."""

import os
from dataclasses import dataclass
from typing import ClassVar

from harness.errors import ArmError
from pipelines.generators.server.loaded import LoadedServer
from pipelines.generators.server.settings import ServerSettings

NO_KEY = "none"
"""Sent when no key is configured. Without it the client library would send the user's OPENAI_API_KEY to any server."""


@dataclass(frozen=True)
class OpenAIGenerator(ServerSettings):
    """`ServerSettings` that can be loaded."""

    KEY: ClassVar[str] = "pipelines.generators.openai.OpenAIGenerator"
    VERSION: ClassVar[int] = 1
    trains_adapters: ClassVar[bool] = False

    def device_name(self) -> str:
        """Return what timings depend on: only the server knows its device."""
        return "server"

    def load(self) -> LoadedServer:
        """Connect to the server and ask it one short question.

        Raises:
            ArmError: it does not answer, or refuses; the message says what to do.
        """
        problems = self.problems()
        if problems:
            raise ArmError(f"model {self.name}: {'; '.join(problems)}")
        return LoadedServer(self, os.environ[self.api_key_env] if self.api_key_env else NO_KEY)
