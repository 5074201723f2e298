"""Words in names of columns that say what a column holds: a question, an answer, what a model said, a language."""

from collections.abc import Mapping
from typing import Final

from harness.tasks.known_columns import ANSWERS, QUESTIONS

MODELS: Final = frozenset(
    (
        *("model", "llm", "gpt", "chatgpt", "claude", "llama", "mistral", "gemini", "qwen", "ai", "bot", "chatbot"),
        *(
            "generated",
            "predicted",
            "prediction",
            "predictions",
            "rag",
            "base",
            "baseline",
            "finetuned",
            "tuned",
            "sft",
        ),
        *("candidate", "student", "hypothesis"),
    )
)
"""words in names of columns that say that the answer is one to be judged, and no reference"""
LANGUAGES: Final = frozenset(
    (
        *("en", "de", "fr", "es", "pt", "nl", "pl", "ru", "zh", "ja", "ko", "cs", "sv", "da", "fi", "el", "ar", "tr"),
        *(
            "uk",
            "ro",
            "hu",
            "hi",
            "vi",
            "it",
            "bg",
            "hr",
            "sk",
            "sl",
            "english",
            "german",
            "french",
            "spanish",
            "italian",
        ),
        *("portuguese", "dutch", "polish", "russian", "chinese", "japanese", "korean", "deutsch", "englisch"),
    )
)
"""words in names of columns that say in which language they are"""
SAYS: Final[Mapping[str, frozenset[str]]] = {
    "input": frozenset(
        (
            *("question", "questions", "query", "prompt", "stem", "input", "inputs", "ask", "asked", "q", "problem"),
            *(
                "instruction",
                "utterance",
                "request",
                "user",
                "human",
                "patient",
                "frage",
                "pregunta",
                "domanda",
                "sentence",
                "history",
                "beschreibung",
                "anfrage",
                "description",
            ),
            *QUESTIONS,
            "text",
        )
    ),
    "references": frozenset(
        (
            *("answer", "answers", "response", "responses", "reference", "references", "target", "targets", "output"),
            *("outputs", "label", "gold", "golden", "correct", "solution", "completion", "reply", "a", "truth", "best"),
            *(
                "expected",
                "assistant",
                "summary",
                "doctor",
                "resolution",
                "loesung",
                "lösung",
                "musterloesung",
                "musterlösung",
                "solución",
                "soluzione",
                "oplossing",
                "ref",
                "refs",
            ),
            *ANSWERS,
        )
    ),
}
"""words in names of columns that ask, and of those that answer"""
OTHER: Final = frozenset(
    (
        *(
            "created",
            "updated",
            "timestamp",
            "inbound",
            "id",
            "ids",
            "url",
            "date",
            "time",
            "source",
            "license",
            "split",
            "choices",
            "options",
            "distractors",
        ),
        *("incorrect", "wrong", "negative", "negatives", "rejected", "labels", "start", "context", "contexts"),
        *("passage", "document", "documents", "title", "author", "category", "topic", "language", "lang", "version"),
        *(
            "qid",
            "pid",
            "idx",
            "nr",
            "no",
            "num",
            "number",
            "index",
            "uid",
            "uuid",
            "datum",
            "page",
            "score",
            "difficulty",
        ),
        *("role", "roles", "speaker", "sender", "from", "turn", "kind", "status", "example", "examples"),
    )
)
"""words in names of columns that do neither, whatever else their names say"""
COMPOUNDED: Final[Mapping[str, str]] = {
    **{word: word for word in ("frage", "antwort", "vraag", "antwoord", "fråga", "svar", "spørgsmål", "spørsmål")},
    **{word: word for word in ("kysymys", "vastaus", "kérdés", "válasz")},
    "fragen": "frage",
    "antworten": "antwort",
    "vragen": "vraag",
    "antwoorden": "antwoord",
    "frågor": "fråga",
}
"""end of compounds like Kundenfrage, Musterantworten -> the word for a question or an answer that it is"""
NO_COMPOUNDS: Final = frozenset(("umfrage", "umfragen", "nachfrage", "ansvar", "försvar", "forsvar"))
"""words that only end like one: a survey, demand, responsibility, defence"""
