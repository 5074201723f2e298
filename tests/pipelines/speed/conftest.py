from tests.pipelines.rag.conftest import hybrid, minilm

__all__ = ["hybrid", "minilm"]
