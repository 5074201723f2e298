"""What does a sentence that ends in a question mark assert?

"Do you like museums?" asserts nothing. "The museum opened in 1904?", "It opened in 1904, right?" and "Did you know that
it opened in 1904?" do, in spite of the question mark. The six languages differ in word order, but share these signs of
a true question: an interrogative word or construction at its head (Chinese and Russian particles: anywhere), a verb
before its subject where the language inverts them, and the addressed person as subject. A sentence without them
that states something is an assertion.
"""

import re
from typing import Final

from harness.text.statements import CONDITION, LIST, has_figure, is_clause, parts, states

MARK: Final = re.compile(r"[?？]")
CLOSING: Final = " \t\n\"'”’»)]』」）》!！?？.…"
OPENING: Final = " \t\n\"'“‘«([『「（《¿¡:)"

FACTIVE: Final = re.compile(
    r"(?:(?:and|so|but|oh|hey|well),? )?(?:"
    r"(?:did|do|don't|didn't) you (?:already |also |even )?(?:know|realize|realise)(?: that)?"
    r"|(?:you (?:already |also )?(?:know|knew)|were you aware|are you aware)(?: that)?"
    r"|(?:can|could|would) you believe(?: that)?|(?:have you heard|did you hear|isn't it \w+|is it not \w+) that"
    r"|(?:wusstest du|wussten sie|weisst du|weißt du|wissen sie)(?: (?:schon|eigentlich|auch))*,? dass"
    r"|(?:savais-tu|saviez-vous|sais-tu|savez-vous|(?:est-ce que )?(?:tu savais|tu sais|vous savez|vous saviez))"
    r" qu(?:e |')"
    r"|(?:sab[ií]as?|sabes?|sabíais)(?: usted| ustedes)? que"
    r"|(?:а )?(?:(?:вы|ты) )?(?:знали|знал|знала|знаете|знаешь)(?: ли)?(?: вы| ты)?,? что"
    r"|[你您](?:们|們)?(?:知不知道|知道|可知)[吗嗎么]?)[,，：:]?\s*(?=\S)",
    re.IGNORECASE,
)
"""asks whether a fact is known; the fact follows"""
AUXILIARY: Final = (
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|must)(?:n't| not)? "
    r"(?:it|he|she|they|there|this|that|we|i|you)(?: not)?(?: (?:think|agree|know|say))?"
)
TAG: Final = re.compile(
    r"(?:[,，]?\s{0,3}¿?\b(?:right|correct|nicht wahr|n'est-ce pas|verdad|no es así|не так ли|не правда ли)"
    r"|[,，]\s{0,3}¿?(?:yes|no|ok|okay|huh|eh|true|oder(?: nicht)?|gell|stimmt's|ja|ne|hein|non|si|d'accord|cierto|sí"
    rf"|да|верно|правда|правильно|так|{AUXILIARY})"
    r"|[,，]?(?:[对對是][吧吗嗎么]|不是[吗嗎]|是不是|对不对|對不對|[没沒][错錯]吧))$",
    re.IGNORECASE,
)
"""turns a statement into a question at its end"""
LEAD_IN: Final = re.compile(
    r"(?:(?:and|so|but|well|oh|ah|ok|okay|hi|hello|hey|also|then|now|really|wow|yes|no|yeah|und|aber|na|nun|ja|nein|et"
    r"|alors|mais|donc|oui|y|entonces|pero|bueno|sí|и|а|ну|но|так|да|то)(?!\w),?\s+|(?:那么|那麼|那|请问|請問|所以|好的)[，,]?)+",
    re.IGNORECASE,
)
PREPOSITIONS: Final = (
    r"(?:in|on|at|for|from|with|about|as|of|by|to|since|until|after|before|regarding|im|am|an|auf|aus|zu|zum|zur|für|mit|von"
    r"|vom|nach|bei|seit|bis|um|über|en|dans|pour|sur|avec|au|aux|à|de|du|des|depuis|par|desde|hasta|para|con|sobre|por"
    r"|a|в|во|на|для|о|об|по|с|со|к|у|из|от|до|за)"
)
PREPOSITION: Final = re.compile(rf"(?:{PREPOSITIONS}(?!\w)|[关關对對]于|[关關對对]於|在)", re.IGNORECASE)
ASKING: Final = re.compile(
    # an interrogative word at the head, perhaps after a preposition
    rf"^(?:{PREPOSITIONS} )?(?:what|who|whom|whose|when|where|why|how|which|what's|who's|how's|where's"
    r"|wer|wen|wem|wessen|was|wann|wo|wohin|woher|wie|warum|wieso|weshalb|wozu|womit|wofür|worüber|welch\w*"
    r"|qui|quoi|quand|où|comment|pourquoi|combien|quel(?:le)?s?|est-ce|qu'est-ce|que|qu'\w+"
    r"|кто|кого|кому|кем|ком|что|чего|чему|чем|когда|где|куда|откуда|почему|зачем|как|как\w{2,3}|сколько|чей|чья|чьё"
    r"|разве|неужели)(?!\w)"
    # one that asks at any position
    r"|(?<!\w)(?:qué|quién|quiénes|cuándo|dónde|adónde|cómo|cuál|cuáles|cuánt\w+|ли|est-ce)(?!\w)"
    r"|(?<!\w)(?:what|when|where|who|why|how|wann|wo|wer|quand|où|quoi|combien|когда|где|кто)$"
    r"|什么|什麼|谁|誰|哪|几(?!乎)|幾(?!乎)|多少|多久|多大|怎|为何|為何|如何|[何哪][时時地]|是否|还是|還是|呢$"
    r"|([^\W\d_])[不没沒]\1",
    re.IGNORECASE,
)
INVERTED: Final = re.compile(
    # a verb before its subject
    r"^(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may(?! \d)|might|must"
    r"|isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|hadn't|can't|couldn't|won't|wouldn't|shouldn't"
    r"|ist|sind|bist|seid|waren|hat|haben|hast|hatten?|wird|werden|wurden?|würden?|würdest|kann|kannst|können|könnten?"
    r"|könntest|möchten?|möchtest|magst|mögen|darf|dürfen|dürfte|soll|sollen|sollte|willst|wollen|gibt|gab|braucht"
    r"|brauchen|brauchst|kennen|kennst|muss|müssen"
    r"|hay|puede[ns]?|puedo|podemos|podrías?|podrían|quisiera|gustaría|quieres?|deseas?|necesitas?|prefieres?|tienes?|conoces?"
    r"|(?:te|le|les|os|nos|me) (?:gusta|interesa|apetece|parece|puedo|podemos|importa|reserv|ayud|viene)\w*"
    r"|можно|нужно|нужна|нужен|нужны|хотите|хочешь|могу|можете|можешь)(?!\w)"
    rf"|^(?!{PREPOSITIONS} |(?:alle|auch|nur|beide|während|trotz|durch|ohne|gegen|unter|vor|zwischen) )\w{{3,}} "
    r"(?:der|die|das|ein|eine|sie|ihr|wir|man)(?!\w)|^\w+st du(?!\w)"
    rf"|^¿\s?(?!(?:{PREPOSITIONS}|tod[oa]s|durante|entre|según) )\w{{3,}} (?:el|la|los|las|un|una|usted|ustedes)(?!\w)"
    r"|(?<!\w)\w+-(?:t-)?(?:il|elle|on|ils|elles|vous|tu|je|nous|ce)(?!\w)",
    re.IGNORECASE,
)
FRAGMENT: Final = re.compile(
    r"(?:any|anything|anyone|anybody|anywhere|ever|want|need|care|fancy|interested|ready|something|someone|more|noch"
    r"|sonst|etwas|irgend\w+|autre|un autre|encore|besoin|algo|alguna?|algún|otra|otro|ещё|еще|что-нибудь|что-то)"
    r"(?!\w)",
    re.IGNORECASE,
)
"""begins a question without a verb of its own; "More than 3 million came?" is not one"""
ADDRESSED: Final = re.compile(
    r"^(?:you|you're|you'd|you'll|you've|du|ihr|sie (?:\w+en|sind|tun)|tu|t'\w+|vous|tú|usted|ustedes|vosotros|ты|вы)"
    r"(?!\w)"
    r"|(?<!\w)(?:вам|вас|тебе|тебя|вами|\w{2,}(?:ете|ите|ёте|ёшь|ешь|ишь)|usted|ustedes)(?!\w)|[你您妳]"
    r"|^(?:i|we|ich|wir|je|nous|yo|я|мы)(?!\w).*(?<!\w)(?:you|your|ihnen|sie|dir|dich|euch|vous|te|toi|le|usted)(?!\w)",
    re.IGNORECASE | re.DOTALL,
)
"""the addressed person is the subject (in Russian and Chinese, where pronouns drop: is mentioned)"""
YOURS: Final = re.compile(r"(?:your|ihre?|deine?|votre|vos|ton|ta|tu|su|ваш\w*|тво\w+)(?!\w)", re.IGNORECASE)
OFFER: Final = re.compile(r"(?:i|we|ich|wir|je|j'|nous|я|мы)(?!\w)|我", re.IGNORECASE)
"""after a question, an offer of the speaker ("Shall we, I could book it?")"""
PARTICLE: Final = re.compile(r"[吗嗎么吧]$")

Stretch = tuple[int, int, bool]
"""start, end and whether it only asks"""


def stretches(sentence: str) -> list[Stretch]:
    """Return a sentence (with straight apostrophes) cut into what it asserts and what it asks, in order.

    One stretch, the whole, for a sentence that does not end in a question mark.
    """
    end = len(sentence.rstrip(CLOSING))
    if not MARK.search(sentence, end):
        return [(0, len(sentence), False)]
    start = len(sentence) - len(sentence.lstrip(OPENING))
    factive = FACTIVE.match(sentence, start, end)
    if factive is not None:
        fact = factive.end()
        return [(fact, len(sentence), False)] if _known(sentence[fact:end]) else [(0, len(sentence), True)]
    tag = TAG.search(sentence, start, end)
    if tag is not None and _asserts(sentence[start : tag.start()]):
        return [(0, tag.start(), False)]
    return _spliced(sentence, end)


def _known(part: str) -> bool:
    """Whether the object of "did you know" is a fact and not a question within the question."""
    bare = PARTICLE.sub("", part)
    within = ASKING.search(bare) or PREPOSITION.match(bare) or re.match(r"(?:if|whether|any|ob|si)\b", bare)
    return within is None and states(bare)


def _asks(part: str) -> bool:
    """Whether one part has a sign of a true question."""
    plain = _plain(part)
    if ASKING.search(plain) or INVERTED.search(part.strip()) or INVERTED.search(plain) or ADDRESSED.search(plain):
        return True
    return not has_figure(plain) and (FRAGMENT.match(plain) or YOURS.match(plain)) is not None


def _asserts(part: str) -> bool:
    """Whether one part by itself has no sign of a question and states something."""
    return not _asks(part) and states(PARTICLE.sub("", _plain(part)))


def _plain(part: str) -> str:
    bare = part.strip(OPENING)
    lead = LEAD_IN.match(bare)
    return bare[lead.end() :] if lead else bare


def _spliced(sentence: str, end: int) -> list[Stretch]:
    """Cut where a statement and a question are joined in one sentence: "It opened in 1904, do you like it?"."""
    spans = [(start, min(stop, end)) for start, stop in parts(sentence) if start < end]
    asking = [_asks(sentence[start:stop]) for start, stop in spans]
    if not any(asking):
        return [(0, len(sentence), not states(PARTICLE.sub("", _plain(sentence[:end]))))]
    stated = [
        not asks and _is_statement(sentence[start:stop], after_a_question=any(asking[:number]))
        for number, (asks, (start, stop)) in enumerate(zip(asking, spans, strict=True))
    ]
    cuts: list[Stretch] = []
    for (start, _), asserts in zip(spans, stated, strict=True):
        if cuts and cuts[-1][2] is not asserts:
            continue
        cuts = [*cuts[:-1], (cuts[-1][0], start, cuts[-1][2])] if cuts else []
        cuts.append((start if cuts else 0, len(sentence), not asserts))
    return cuts


def _is_statement(part: str, after_a_question: bool) -> bool:
    """Whether a part next to a question is a statement and not a topic, a condition, an offer or an item of a list."""
    plain = _plain(part)
    if CONDITION.match(plain) or LIST.search(plain) or not states(plain):
        return False
    if after_a_question and OFFER.match(plain):
        return False
    return is_clause(plain) or (has_figure(plain) and PREPOSITION.match(plain) is None)
