"""What declining looks like, per language. Data alone; refusal.py says how it is used.

The patterns meet clauses that are folded (lower case, ß as ss) and have straight apostrophes. What counts is
declining for want of knowledge or permission: "we cannot refund this ticket" is an answer of a support desk.
"""

from collections.abc import Mapping, Sequence
from typing import Final

_SOURCE = (
    r"(?:contexts?|passages?|texts?|documents?|documentation|sources?|articles?|excerpts?|snippets?|paragraphs?"
    r"|knowledge base|information|materials?|references?|search results?|abstract|faqs?)"
)
_KNOWING = r"(?:information|info|knowledge|data|details?|answer|context|idea|clue|mention|indication)"
_SAY = (
    r"(?:mention|contain|say|state|specify|provide|include|give|indicate|tell|answer|address|discuss|cover|describe"
    r"|reveal|explain|offer|refer|list)"
)
_CANNOT = (
    r"(?:(?:can't|cannot|can not|couldn't|could not)|(?:'m|am|'re|are|was|were)? ?(?:\w+ )?(?:unable|not able) to)"
)
_KIND = r"(?:relevant |specific |explicit |such |clear |direct |further |available )?"
_WORDS = r"(?:\s\S+){0,5}?\s"

DECLINING: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        r"\b(?:i|we) (?:\w+ )?(?:don't|do not|dont|didn't|did not) (?:\w+ )?know\b",
        r"\b(?:i|we)(?: am|'m| are|'re)(?: \w+)? (?:unsure|uncertain|not (?:\w+ )?(?:sure|certain|aware))\b",
        rf"\b(?:i|we)\b ?(?:\w+ )?{_CANNOT} (?:\w+ )?(?:answer|determine|tell|say|infer|comply|assist|help|know)\b",
        rf"\b(?:i|we)\b ?(?:\w+ )?{_CANNOT} (?:\w+ )?(?:find|provide|locate|give|see|identify){_WORDS}?{_KNOWING}\b",
        rf"\b(?:i|we)\b ?(?:\w+ )?{_CANNOT} (?:find|provide|locate|give|see) (?:it|that|this)(?: in\b.*)?$",
        rf"\b(?:i|we) (?:\w+ )?(?:don't|do not|didn't|did not|haven't) (?:have|find|found|see){_WORDS}{_KNOWING}\b",
        rf"\b(?:i|we) (?:have no|lack){_WORDS}?{_KNOWING}\b",
        rf"\b{_SOURCE}\b{_WORDS}?(?:don't|doesn't|do not|does not|didn't|did not|never|fails? to) (?:\w+ )?{_SAY}\b",
        rf"\b{_SOURCE}\b{_WORDS}?(?:lacks?|(?:gives?|provides?|contains?|offers?|makes?|has|have) no)\b",
        r"\b(?:it|this|they) (?:doesn't|does not|don't|do not) (?:\w+ )?(?:mention|say|state|specify|indicate)\b",
        r"(?:\bnot|n't|\bnever)(?: been)?(?: \w+ly)? (?:mentioned|stated|specified)\b",
        r"(?:\bnot|n't)(?: been)?(?: \w+ly)? (?:given|provided|included|available|found|contained|covered|addressed"
        rf"|discussed|described|known|present)? ?(?:in|by|from|within)(?:\s\S+){{0,3}}?\s{_SOURCE}\b",
        r"\b(?:information|info|answer|details?)\b(?:\s\S+){0,5}?\s(?:is|are|was|were)(?: not|n't)(?: \w+ly)? (?:given"
        r"|provided|available|known|there|included)(?: (?:in|from|by|here)\b.*)?$",
        rf"\b(?:is|are|was|were)(?: no|(?:n't| not)(?: any| enough| sufficient)?) {_KIND}(?:information|info|mention"
        r"|details?|context)\b",
        rf"\b(?:no|not enough|insufficient) {_KIND}(?:information|info|mention|context|details?)\b",
        r"\b(?:impossible|not possible|unclear|hard|difficult) to (?:answer|determine|say|tell|know|infer)\b",
        r"\b(?:cannot|can't|can not|could not|couldn't) be (?:\w+ )?(?:determined|answered|known|inferred|deduced)\b",
        r"\b(?:unanswerable|not answerable|no idea|no clue)\b",
        r"\b(?:beyond|outside)(?: of)? (?:my (?:knowledge|expertise|scope)|the scope of)\b",
        r"^(?:unknown|n/?a|idk|unclear|no answer(?: found)?|(?:cannot|can't) (?:say|tell|answer)|not (?:given|provided"
        r"|available|found|known|sure|enough (?:information|context)))$",
    ),
    "de": (
        r"\b(?:ich|wir) (?:weiss|wissen)\b(?: \w+){0,3}? nicht\b|\bweiss ich(?: \w+)? nicht\b",
        r"\b(?:kann|können|konnte|konnten)\b.*\b(?:nicht|keine)\b.*\b(?:beantworte[nt]|sagen|finden|bestimm\w+|helfen"
        r"|weiterhelfen|ermittel\w+|feststellen|geben)\b",
        r"\b(?:keine|nicht genug|nicht genügend|zu wenig) (?:\w+ )?(?:information(?:en)?|angaben?|auskunft|antwort"
        r"|hinweise?|kenntnis|ahnung)\b",
        r"\bnicht (?:erwähnt|angegeben|genannt|beantwortbar|bekannt)\b",
        r"\b(?:kontext|text|passagen?|dokumente?n?|abschnitte?n?|quellen?|artikel)\b.*\b(?:nicht|keine?)\b",
        r"\blässt sich\b.*\bnicht (?:beantworten|bestimmen|sagen|ermitteln|feststellen)\b",
        r"\bbin (?:ich )?(?:mir )?(?:\w+ )?nicht sicher\b|^(?:unbekannt|keine angabe)$",
    ),
    "fr": (
        r"\bsa(?:is|vons) pas\b|\baucune idée\b|\bje l'ignore\b|\bne suis pas (?:sûre?|certaine?)\b",
        r"\bne (?:peux|peut|pouvons|parviens|suis|sommes)\b.*\b(?:répondre|trouver|déterminer|dire|aider|savoir)\b",
        r"\bje ne trouve\b.*\b(?:information|réponse|mention)s?\b",
        r"\b(?:contexte|texte|document|passage|article|extrait|source)s?\b.* (?:ne |n')\S+ (?:\w+ )?(?:pas|aucune?"
        r"|rien)\b",
        r"\baucune (?:information|mention|réponse|indication)\b|\bpas (?:assez|suffisamment) d'information",
        r"\bpas (?:mentionnée?|précisée?|indiquée?|spécifiée?)s?\b",
        r"\bimpossible (?:de|à) (?:répondre|déterminer|dire|savoir)\b",
        r"\bn'(?:ai|avons) (?:pas|aucune)\b.*\b(?:information|réponse|donnée)s?\b|^(?:inconnue?|sans réponse)$",
    ),
    "es": (
        r"\bno (?:lo )?(?:sé|sabemos)\b|\bdesconozco\b|\bni idea\b|\bno estoy segur[oa]\b",
        r"\bno (?:\w+ )?(?:puedo|podemos|puede|es posible)\b.*\b(?:responder|contestar|determinar|encontrar|saber|decir"
        r"|ayudar|respuesta)\w*\b",
        r"\b(?:contexto|texto|documento|pasaje|artículo|fragmento|fuente)s?\b.* no (?:\w+ )?(?:menciona|contiene|dice"
        r"|especifica|indica|proporciona|incluye|da|aporta)n?\b",
        r"\bno (?:se )?(?:(?:ha )?sido )?(?:menciona|especifica|indica)(?:n|d[oa]s?)?\b",
        r"\bno está (?:mencionad|especificad)",
        r"\bno (?:hay|tengo|tenemos|dispongo de|dispone de|existe|encuentro|encontré)\b.*\b(?:información|respuesta"
        r"|mención|detalles|datos suficientes)\b",
        r"\binformación insuficiente\b|^(?:desconocid[oa]|sin respuesta)$",
    ),
    "ru": (
        r"\bне (?:знаю|знаем|уверен[аы]?)\b|\bпонятия не имею\b|\bзатрудняюсь ответить\b",
        r"\b(?:не (?:могу|можем|может|удалось|уда[её]тся)|невозможно|нельзя)\b.*\b(?:ответить|найти|определить|сказать"
        r"|помочь|установить|узнать)\b",
        r"\b(?:нет|недостаточно|отсутству(?:ет|ют)|не (?:имею|располагаю|содерж\w+|наш[её]л|нашла|найдено))\b.*"
        r"\b(?:информаци\w+|сведени\w+|ответа?|упоминани\w+)\b",
        r"\b(?:информаци\w+|сведени\w+|ответ)\b.* (?:нет|отсутству\w+|не (?:найден\w*|содерж\w+|приведен\w*))\b",
        r"\bне (?:указан\w*|упомина\w+|упомянут\w*|сказано|говорится|сообщается)\b",
        r"^(?:неизвестно|нет ответа|нет данных)$",
    ),
    "zh": (
        r"不知道|不(?:太)?清楚|不(?:太)?确定|不得而知|没有头绪",
        r"(?:无法|不能|没法|没办法|难以)[^,。]{0,8}(?:回答|确定|判断|得知|获知|找到答案|提供(?:答案|相关|该|这)|帮(?:到|助))",
        r"(?:没有|未|并未|没)[^,。]{0,4}(?:提及|提到|说明|指出|记载)",
        r"(?:没有|未|没|缺乏|缺少|无)[^,。]{0,10}(?:信息|答案|资料|依据)|(?:信息|资料)不足",
        r"^(?:未知|不详|无答案|无法得出)$",
    ),
}
"""a clause in which one of these is found declines"""

FILLER: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        r"^(?:(?:i|we)(?: am|'m| are|'re) )?(?:so |very |really |truly |terribly )?(?:sorry|afraid)\b",
        r"^(?:my |i |we )?(?:sincere |deepest |do )?apolog",
        r"^(?:unfortunately|hi|hello|dear|thanks?|thank you|ok|okay|well|hm+|sure|great question)\b(?!.*\bis\b)",
        r"^(?:\S+ ){0,3}please\b",
        r"^(?:let me know|feel free|i hope|if you (?:can|could|have|need|provide|share|give|would))\b",
        r"^(?:\S+ ){0,4}?(?:you|i|we)(?:'d|'ll)? ?(?:may |might |can |could |should |would |will )?(?:want to |need to "
        r"|be able to )?(?:check|consult|contact|refer to|ask|reach out|get in touch|help|assist|be (?:happy|glad))\b",
        r"^(?:i|we)(?:'d)?(?: would)? (?:recommend|suggest|advise)\b.*\b(?:check|consult|contact|ask|reach|refer)",
        r"\b(?:need|require|without)\b.*\b(?:more|further|additional) (?:information|context|details?)\b",
        rf"^(?:\S+ ){{0,5}}?(?:it|they|{_SOURCE})\b.*\b(?:only|just|merely|mainly|primarily|instead)\b.*\b(?:mention"
        r"|describ|discuss|talk|cover|focus|refer|about)",
        rf"\b{_SOURCE}\b.*\b(?:unrelated|irrelevant|not relevant|is about|are about|focus(?:es)? on)\b",
    ),
    "de": (
        r"^(?:es )?tut (?:mir|uns)\b|^entschuld|^leider\b|\bbitte\b|^(?:hallo|danke|vielen dank)\b",
        r"\bwenden sie sich\b|\bich empfehle\b|\bgern(?:e)? (?:weiter|helfe)|\bhelfe ich\b",
    ),
    "fr": (
        r"\bdésolée?s?\b|^(?:je m')?excus|^malheureusement\b|\bveuillez\b|\bn'hésitez\b|\bs'il vous plaît\b",
        r"^(?:bonjour|merci)\b|\bje vous (?:recommande|conseille|suggère|invite)\b",
    ),
    "es": (
        r"^lo (?:siento|lamento)\b|\bdisculp|^lament|^desafortunadamente\b|\bpor favor\b|^(?:hola|gracias)\b",
        r"\ble (?:recomiendo|sugiero|aconsejo)\b",
    ),
    "ru": (
        r"^(?:извин\w+|прост\w+|к сожалению|прошу прощения|сожале\w+|здравствуйте|спасибо)\b",
        r"\b(?:пожалуйста|обратитесь|рекоменду\w+|уточните)\b",
    ),
    "zh": (
        r"^(?:很|非常)?(?:抱歉|对不起|不好意思|遗憾|您好|你好|谢谢)",
        r"^请|建议(?:您|你)?(?:咨询|联系|查|参考)|^如果?(?:您|你|有)",
    ),
}
"""a clause in which one of these is found says nothing: apologies, offers, pointers to someone else"""

LEAD_IN: Final[Mapping[str, Sequence[str]]] = {
    "en": (
        r"(?:(?:i|we)(?:'m| am|'re| are) )?(?:sorry|afraid)\b",
        r"(?:unfortunately|apologies|based|according|given|from|in|as|since|because|after|without|regarding|for)\b",
        r"(?:well|hm+|to be honest|honestly|although|though|even|while|with|at|the answer)\b",
    ),
    "de": (r"(?:leider|tut mir|es tut|entschuldigung|laut|aufgrund|nach|basierend|obwohl)\b",),
    "fr": (r"(?:désolée?|je suis|malheureusement|d'après|selon|sur|dans)\b",),
    "es": (r"(?:lo siento|lament\w+|desafortunadamente|según|con|de acuerdo|en)\b",),
    "ru": (r"(?:извин\w+|прост\w+|к сожалению|согласно|на основ\w+|исходя|судя|в)\b",),
    "zh": (r"(?:很|非常)?(?:抱歉|对不起|不好意思|遗憾)", r"(?:根据|基于|从|在|虽然|尽管)"),
}
"""what a clause that declines may begin with before a comma; anything else there is a statement"""
