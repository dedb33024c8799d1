"""Words around the name of a drug that say whether it may stand against ketamine."""

from __future__ import annotations

import re
from typing import Final

TOGETHER: Final = re.compile(
    r"\b(?:plus|combin\w+|(?:co)?admix\w+|compounded|cocktail|fixed-dose|co-?induction|co-?infus\w+|blend|gel of|"
    r"cream of|multimodal|added|adding|addition|adjuvant|adjunct\w*|mixture|with|co-administ\w+)\b|"
    r"ketamine ?[-+/] ?(?!(?:induced|assisted|based|treated|related|enhanced|associated)\b)\w|\w[-+/] ?(?:S-)?ketamine",
    re.I,
)
# what joins two drugs that are given in one syringe, or side by side to the same people
JOINED: Final = re.compile(
    r"[+;:]|\b(?:plus|(?<!compared )(?<!comparison )with|combined|added|adding|addition|together|and then|followed by|"
    r"before|after|prior to|during|under|following|stable|ongoing|maintain\w*|continu\w+)\b",
    re.I,
)
# opioids that people take, need or save are not what ketamine is compared with
OWN_USE: Final = re.compile(
    r"[- ](?:(?:mis|ab)?use(?:rs?)?|consumption|requirements?|sparing|dependen\w+|toleran\w+|withdrawal|exposure|"
    r"addict\w+|therapy|doses?|induced|free|administration|rescue|equivalents?|(?:milligram |mg )?equivalen\w+|intake|"
    r"usage|demands?|needs?|needed|tapering|boluses|refractory|naive|overdoses?|consumed|required)\b",
    re.I,
)
# a word for a class of drugs that says what kind of effect or anaesthesia is meant
SAID_OF: Final = re.compile(
    r"[- ](?:like )?(?:effects?|respon\w+|efficacy|activity|actions?|propert\w+|benefits?|mechanisms?|resist\w+|"
    r"trials?|augment\w+|an[a]?esthe\w+|sedation|based|induction|receptors?|\w*agonis\w+)\b",
    re.I,
)
CLASS: Final = re.compile(
    r"antidepress\w+|opioids?|opiates?|narcotics?|benzodiazepines?|psychotherap\w+|cognitive[- ]behaviou?ral[- ]"
    r"therap\w+|motivational\b.*|S[SN]RIs?|selective serotonin\b.*|.*antidepressants?|barbiturates?|antipsychotics?",
    re.I,
)
# what is only akin to a drug
KIN: Final = re.compile(r"[ -](?:analog(?:ue)?s?|derivatives?|congeners?|-?like|related|type)\b", re.I)
# what a drug does that is given to block the effects of ketamine
BLOCKS: Final = re.compile(
    r" (?:[\w-]+[ ,]+){0,6}?(?:block|abolish|prevent|revers|antagoni[sz]|occlud|inhibit|negat|attenuat|counteract)"
    r"\w*\b",
    re.I,
)
# the anaesthetic under which convulsions are induced
FOR_ECT: Final = re.compile(r"(?:ECT|electro\w+)\b.{0,60}\b(?:under|with|using|during) (?:[\w-]+ )?$", re.I)
# a drug given to all: "midazolam with or without ketamine"
BOTH_WAYS: Final = re.compile(r"[^.;,]{0,25}? with(?:/| or | and )without (?:[\w-]+ )?(?:S\S{0,4}-|es)?ketamine", re.I)
