"""Words that name no topic: English function words, and those that any medical abstract uses."""

from __future__ import annotations

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

# The furniture of abstracts: design, statistics, sections, quantities, people in general.
MEDICAL_STOP_WORDS = frozenset(
    """
    abstract according achieved active addition additional administered administration adverse affect affected age aged
    aim aims analyses analysis analyzed analysed approach approximately arm assess assessed assessing assessment associated
    association associations author authors available average background baseline based basis benefit benefits better
    blind blinded case cases cause caused causes certain change changed changes characteristics clinic clinical clinically
    clinics cohort combination common commonly compare compared comparing comparison comparative conclude concluded
    conclusion conclusions condition conditions conducted confidence consecutive consider considered consistent control
    controlled controls conventional correlated correlation course criteria cross crossover current currently daily data day
    days decrease decreased decreases defined demonstrate demonstrated demonstrates department despite detected determine
    determined develop developed development did difference differences different discuss discussed discussion disease
    diseases does dose doses double drug drugs duration early effect effective effectively effectiveness effects efficacious
    efficacy elderly elevated eligible end enrolled especially established estimate estimated evaluate evaluated evaluating
    evaluation event events evidence examine examined examination existing experience experienced experimental explain
    expressed factor factors false favorable favourable final finding findings follow followed following frequency frequent
    frequently function general given good greater group groups half having health high higher highest history hospital hour
    hours hundred identified identify impact implications importance important improve improved improvement improvements
    include included includes including increase increased increases increasing indicate indicated indicates individual
    individuals induced influence information initial initially intention interval intervals intervention interventions
    introduction investigate investigated investigation involved issues known lack large larger late later lead leading led
    level levels like likely limited line literature little long longer low lower main major make male males management
    marked markedly maximum mean means measure measured measurement measurements measures mechanism mechanisms median medical
    medication medications medicine men method methodology methods mild minimum minute minutes model models moderate month
    monthly months mortality multicenter multicentre need needed negative new noted number numbers objective
    objectives observation observational observed obtained occur occurred occurrence occurs odds old older open optimal oral
    order outcome outcomes overall paper parallel parameter parameters participant participants particular particularly
    patient patients people percent percentage performed period periods person persons placebo point points population
    populations positive possible possibly post potent potential potentially practice pre presence present presented
    prevalence prevent prevented previous previously primary prior probably problem problems procedure process produce
    produced program programme properties prospective prospectively protocol provide provided provides publication published
    purpose quality question random randomised randomized randomly range rate rates ratio reason received receiving recent
    recently recommended reduce reduced reduces reducing reduction reductions regarding regimen regimens related relation
    relationship relative report reported reports require required requires research respectively response responses result
    resulted results retrospective retrospectively review reviewed reviews risk risks role safe safety sample score scores
    search second secondary seen selected separate series serious setting settings severe severity sex short showed shown
    shows significance significant significantly similar similarly single small specific stage standard standardised
    standardized statistical statistically status strategies strategy studied studies study subject subjects subsequent
    suggest suggested suggesting suggests summary support suitable symptom symptoms systematic target technique techniques
    term terms test tested tests theory therapeutic therapies therapy time times tolerability tolerated total treat treated
    treating treatment treatments trial trials type types unit unknown use used useful user users uses using usual usually
    value values variable variables various versus visit visits week weekly weeks women year yearly years young younger

    affects affecting alternative alternatives caused cent compound compounds concentration concentrations considerable
    contrast correlates dependent derived described describes discontinuation discontinued discontinue distribution efficacies
    enhanced equal equally exhibit exhibited extent female females fewer fold fourteen hand independent influenced investigators
    largely largest latter lowest majority max min minor mmol mol nmol normal note novel pain-free percentages play plays
    predictor predictors predict predicted prescribed prescribing prescription profile profiles rapid rapidly rarely
    relatively remained respective responder responders responded said sd sem shorter site sites slightly stable subgroup
    subgroups substantial substantially successful superior therapeutics thirty tolerance towards twelve twenty undergoing
    mg kg mm hg ml mmhg micrograms microg rating scale scales year-old interim applicability error errors propose select
    brief beats double-masked double-blind twice-daily once-daily care physicians mg/day
    underwent unclear understanding unchanged united states university usefulness vs wide widely worldwide
    """.split()
)

STOP_WORDS = ENGLISH_STOP_WORDS | MEDICAL_STOP_WORDS

# PubMed's check tags: they say who was studied, on nearly every record.
CHECK_TAGS = frozenset(
    {
        "Adolescent", "Adult", "Aged", "Aged, 80 and over", "Animals", "Child", "Child, Preschool", "Comparative Study",
        "Cross-Sectional Studies", "Double-Blind Method", "Female", "Follow-Up Studies", "Humans", "Infant",
        "Infant, Newborn", "Male", "Mice", "Middle Aged", "Pregnancy", "Prospective Studies", "Rats",
        "Retrospective Studies", "Risk Factors", "Time Factors", "Treatment Outcome", "United States", "Young Adult",
    }
)  # fmt: skip
