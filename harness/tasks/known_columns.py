"""Names of columns: those that a task looks for unless it is told, and those that have a role in data people share."""

from collections.abc import Mapping, Sequence
from typing import Final

from harness.tasks.columns import Columns

DEFAULTS: Final = Columns(
    id=("id",),
    input=("input",),
    references=("references", "reference"),
    evidence=("evidence", "doc_ids"),
    answerable=("answerable",),
    group=("group", "intent"),
    slice=("slice",),
    facts=("facts",),
)
"""conf/task/jsonl.yaml's; a role that has other columns was named by the user, and is never looked for elsewhere"""

QUESTIONS: Final = (
    *("frage", "pregunta", "domanda", "pergunta", "vraag", "fråga", "spørgsmål", "spørsmål", "kysymys", "pytanie"),
    *("otázka", "kérdés", "întrebare", "soru", "вопрос", "питання", "问题", "問題", "提问", "質問", "질문"),
    *("سؤال", "السؤال", "प्रश्न", "câu_hỏi", "pertanyaan"),
)
"""what a question is called in other languages"""
ANSWERS: Final = (
    *("antwort", "respuesta", "risposta", "réponse", "resposta", "antwoord", "svar", "vastaus", "odpowiedź", "odpověď"),
    *("válasz", "răspuns", "cevap", "yanıt", "ответ", "відповідь", "答案", "回答", "答え", "답변", "정답", "답"),
    *("جواب", "الجواب", "الإجابة", "उत्तर", "câu_trả_lời", "jawaban"),
)
"""what an answer is called in other languages"""
SURE_INPUTS: Final = (
    *("question", "query", "prompt", "instruction", "user_input", "user", "request", "utterance", "problem"),
    *(*QUESTIONS, "question_text", "user_question", "user_query", "input_text", "q", "inputs"),
)
"""names of columns that ask; of several, the first with texts is the input"""
OTHER_INPUTS: Final = (
    *("article", "document", "dialogue", "dialog", "conversation", "source", "source_text", "passage", "sentence"),
    *("review", "comment", "email", "message", "text", "content"),
)
"""names of columns that may be the input or say where it is from; of several with texts, none is chosen"""
TRUE: Final = ("ground_truth", "gold", "golden", "expected", "reference", "best", "correct", "ideal", "true")
SAID: Final = ("answer", "answers", "response", "responses", "output", "completion", "reply", "summary", "label")
OTHER_GOLD: Final = ("gold", "golden", "expected", "ideal")
"""may also name the documents with the answer"""
GOLD: Final = (*(f"{true}_{said}" for true in TRUE for said in SAID), "ground_truth", "ground_truths", *OTHER_GOLD)
"""columns with the right answer; beside them, answer and response are what a model said"""
SAID_BY_MODELS: Final = frozenset(("answer", "answers", "response", "output", "completion", "prediction", "reply"))
"""columns that hold, beside the right answer, what a model said"""
COMMON: Final[Mapping[str, Sequence[str]]] = {
    "input": (*SURE_INPUTS, *OTHER_INPUTS),
    "references": (
        *(*GOLD, "answers.text", "answer.text", "answer.value", "answers", "answer", "response", "completion"),
        *("output", "target", "reply", "assistant", "solution", *ANSWERS, "summary"),
        *(
            "highlights",
            "target_text",
            "output_text",
            "chosen",
            "label",
            "labels",
            "category",
            "class",
            "targets",
            "a",
            "possible_answers",
        ),
    ),
    "id": ("_id", "qid", "question_id", "example_id", "uid", "uuid"),
    "answerable": ("is_answerable", "has_answer"),
    "group": (
        *("conversation_id", "conv_id", "dialogue_id", "dialog_id", "chat_id", "session_id", "thread_id"),
        *("ticket_id", "case_id"),
    ),
}
"""role -> names of columns that have it in data that people share, likeliest first"""
SURE_CONTEXTS: Final = (
    *("reference_contexts", "reference_context", "gold_contexts", "gold_context", "ground_truth_context"),
    *("context", "contexts"),
)
"""columns that hold the texts which answer the question of their row"""
OTHER_CONTEXTS: Final = (
    *("positive_ctxs", "positive_passages", "gold_passages", "gold_paragraphs", "supporting_passages"),
    *("passage", "passages", "article", "document", "paragraph", "paragraphs", "documents"),
)
"""columns that may hold such texts, or only name them"""
SUPPORTS: Final = (
    *("support", "supports", "supporting_text", "supporting_texts", "supporting_context", "supporting_contexts"),
    *("supporting_evidence", "evidence_text", "evidence_texts", "evidence_context"),
)
"""the same, of texts that the answer rests on and nobody asks about"""
CANDIDATES: Final = frozenset(("documents",))
"""of these, columns with texts among which those that answer are not said, unless they are marked"""
DOCUMENT_COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "id": (
        *("id", "_id", "doc_id", "docid", "document_id", "passage_id", "pid", "chunk_id", "section_id", "uid", "uuid"),
        *("docno", "did", "key", "slug", "nr"),
    ),
    "title": ("title", "heading", "headline", "name", "subject", "topic", "question", "titel", "titre", "título"),
    "text": (
        *("text", "page_content", "body", "content", "contents", "chunk", "chunk_text", "passage_text", "passage"),
        *("paragraph", "document", "article", "answer"),
        *("inhalt", "contenu", "contenido", "testo", "texto"),
    ),
}
"""role -> names of columns that have it in documents that people share, likeliest first"""
