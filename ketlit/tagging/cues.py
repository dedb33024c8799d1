"""The words around which the rules look, by name. They are in the automaton beside the taxonomy's phrases."""
from __future__ import annotations
from typing import Final
from ketlit.tagging.document import Zone
ZONES: Final = (Zone.CONCLUSION, Zone.AIM, Zone.RESULTS)
CUES: Final[dict[str, tuple[str, ...]]] = {
    "zone-conclusion": ("in conclusion", "to conclude", "we conclude", "conclude that", "concluded that", "concluding", "in summary", "taken together", "these results", "these findings", "these data", "our results", "our findings", "our data", "the results suggest", "results suggest", "findings suggest", "data suggest", "suggest that", "suggests that", "results indicate", "indicate that", "the findings", "present findings", "present results", "implications"),
    "zone-aim": ("aim", "aims", "aimed", "objective", "objectives", "purpose", "goal", "sought", "hypothesized", "hypothesised", "hypothesize", "hypothesis", "hypothesized that", "we investigated", "we examined", "we evaluated", "we studied", "we assessed", "we compared", "we tested", "we explored", "we report", "we describe", "we present", "we review", "we reviewed", "we conducted", "we performed", "we used", "here we", "here  we", "this study", "the present study", "present study", "current study", "this review", "this article", "this paper", "this trial", "this report", "was to", "this analysis", "this case", "was designed", "were studied", "was investigated", "were investigated", "was studied", "was compared", "were compared", "was examined", "were examined", "was evaluated", "was assessed"),
    "zone-results": ("significant", "significantly", "results showed", "results revealed", "we found", "we observed", "found that", "were higher", "were lower", "was higher", "was lower", "increased", "decreased", "reduced", "improved", "produced", "resulted in", "induced", "revealed", "showed", "shown", "demonstrated", "occurred", "did not", "no difference", "no differences"),
    "people": tuple("patients participants subjects volunteers women men children adults individuals people persons veterans inpatients outpatients students users adolescents mothers parturients infants respondents survivors controls males females girls boys recruits soldiers caregivers donors couples cases members recipients neonates smokers probands humans patient participant subject volunteer man woman child infant boy girl case".split()),
    "n": ("n",),
    "enrol": ("randomized", "randomised", "randomly", "enrolled", "recruited", "assigned"),
}
