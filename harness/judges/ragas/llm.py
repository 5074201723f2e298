"""What ragas' metrics take for a language model."""

from typing import TYPE_CHECKING, Any

from harness.judges.ragas.asking import Asking
from harness.judges.ragas.matching import check_for

if TYPE_CHECKING:
    from pydantic import BaseModel


def ragas_llm(asking: Asking) -> Any:
    """Return an `InstructorBaseRagasLLM` that asks through `asking` and keeps what it heard in `.heard`.

    An object that is about other statements than the ones asked about is of no use, like one of another shape.
    A class of its own for every call: its base is ragas', whose import takes a second and is left to those who need it.
    """
    from ragas.llms.base import InstructorBaseRagasLLM

    class AskingLLM(InstructorBaseRagasLLM):
        def __init__(self) -> None:
            self.heard: list[Any] = []

        def generate(self, prompt: str, response_model: "type[BaseModel]") -> Any:
            raise RuntimeError("the judge is asked inside one event loop; use agenerate")

        async def agenerate(self, prompt: str, response_model: "type[BaseModel]") -> Any:
            self.heard.append(await asking.ask(prompt, response_model, check_for(response_model, self.heard)))
            return self.heard[-1]

    return AskingLLM()
