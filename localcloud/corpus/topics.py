"""The planted topics: fourteen medical fields, each with its own vocabulary, headings and trend.

Phrases are chosen so that the templates in `prose` stay grammatical: conditions, interventions, outcomes and measures
are singular and take no article; populations are plural. Heading identifiers are MeSH's own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Trend = Literal["growing", "flat", "declining"]
Heading = tuple[str, str]  # (unique identifier, name)


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A field of medicine; `rate` is the yearly growth of its output on the log scale."""

    key: str
    name: str
    rate: float
    share: float  # of the corpus in a year of average output, relative to the other topics
    journals: tuple[str, ...]
    headings: tuple[Heading, ...]
    contexts: tuple[str, ...]
    conditions: tuple[str, ...]
    interventions: tuple[str, ...]
    outcomes: tuple[str, ...]
    measures: tuple[str, ...]
    populations: tuple[str, ...]

    @property
    def trend(self) -> Trend:
        if self.rate > 0.02:
            return "growing"
        return "declining" if self.rate < -0.02 else "flat"

    def weight(self, year: int, middle: float) -> float:
        """Relative output in a year; `share` in the middle of the period."""
        return self.share * math.exp(self.rate * (year - middle))


TOPICS: tuple[Topic, ...] = (
    Topic(
        key="hypertension",
        name="Blood pressure treatment",
        rate=0.0,
        share=1.3,
        journals=("Hypertension Practice", "Vascular Pharmacology"),
        headings=(
            ("D006973", "Hypertension"),
            ("D000959", "Antihypertensive Agents"),
            ("D001794", "Blood Pressure"),
            ("D000806", "Angiotensin-Converting Enzyme Inhibitors"),
        ),
        contexts=(
            "Raised blood pressure is a common reason for a visit to a general practice",
            "Blood pressure drugs are often taken for decades",
            "Several classes of antihypertensive drugs are available to clinicians",
        ),
        conditions=("hypertension", "resistant hypertension", "isolated systolic hypertension", "high blood pressure"),
        interventions=(
            "thiazide diuretic therapy",
            "ACE inhibitor therapy",
            "calcium channel blocker therapy",
            "combination antihypertensive therapy",
            "home blood pressure monitoring",
            "dietary salt reduction",
        ),
        outcomes=(
            "systolic blood pressure",
            "orthostatic dizziness",
            "drug-induced cough",
            "adherence to antihypertensive drugs",
            "ankle swelling",
            "serum potassium",
        ),
        measures=("ambulatory blood pressure monitoring", "office blood pressure", "pulse wave velocity"),
        populations=("elderly patients", "older adults", "patients in primary care", "adults with obesity"),
    ),
    Topic(
        key="imaging-learning",
        name="Deep learning on medical images",
        rate=0.24,
        share=0.8,
        journals=("Imaging Informatics", "Learning Machines in Radiology"),
        headings=(
            ("D000077321", "Deep Learning"),
            ("D016571", "Neural Networks, Computer"),
            ("D008279", "Magnetic Resonance Imaging"),
            ("D007090", "Image Interpretation, Computer-Assisted"),
        ),
        contexts=(
            "Reading radiological images takes much of a radiologist's day",
            "Neural networks need large sets of annotated images",
            "Image classifiers may fail on scanners that they have not seen",
        ),
        conditions=("pulmonary nodule", "intracranial haemorrhage", "knee cartilage loss", "pneumothorax"),
        interventions=(
            "convolutional neural network segmentation",
            "automated chest radiograph triage",
            "transformer-based image classification",
            "self-supervised image pretraining",
            "computer-aided detection",
            "federated model training",
        ),
        outcomes=(
            "diagnostic accuracy",
            "segmentation overlap",
            "reader agreement",
            "reporting time",
            "the false positive rate",
            "calibration of predicted probabilities",
        ),
        measures=("the area under the receiver operating curve", "the Dice coefficient", "lesion volume on imaging"),
        populations=("radiologists", "emergency department patients", "screening participants", "image readers"),
    ),
    Topic(
        key="immunotherapy",
        name="Checkpoint inhibitors in cancer",
        rate=0.17,
        share=1.0,
        journals=("Tumour Immunology", "Clinical Checkpoint Research"),
        headings=(
            ("D000082082", "Immune Checkpoint Inhibitors"),
            ("D007167", "Immunotherapy"),
            ("D008545", "Melanoma"),
            ("D008175", "Lung Neoplasms"),
        ),
        contexts=(
            "Checkpoint inhibitors release a brake on T cells",
            "Not every tumour responds to immunotherapy",
            "Immune-related side effects can involve nearly any organ",
        ),
        conditions=("advanced melanoma", "non-small cell lung cancer", "renal cell carcinoma", "urothelial carcinoma"),
        interventions=(
            "PD-1 blockade",
            "dual checkpoint inhibition",
            "neoadjuvant immunotherapy",
            "CTLA-4 inhibition",
            "combined chemotherapy and immunotherapy",
            "adoptive T cell transfer",
        ),
        outcomes=(
            "progression-free survival",
            "tumour response",
            "immune-related colitis",
            "overall survival",
            "immune-related pneumonitis",
            "T cell infiltration",
        ),
        measures=("PD-L1 expression", "tumour mutational burden", "circulating tumour DNA"),
        populations=("patients with metastatic cancer", "oncology outpatients", "previously treated patients"),
    ),
    Topic(
        key="microbiome",
        name="Gut microbiome and probiotics",
        rate=0.14,
        share=1.0,
        journals=("Intestinal Ecology", "Probiotic Medicine"),
        headings=(
            ("D000069196", "Gastrointestinal Microbiome"),
            ("D019936", "Probiotics"),
            ("D015212", "Inflammatory Bowel Diseases"),
            ("D043183", "Irritable Bowel Syndrome"),
        ),
        contexts=(
            "The human intestine is home to a dense community of bacteria",
            "Diet shapes the bacteria of the gut",
            "Stool sequencing describes which microbes are present but not what they do",
        ),
        conditions=("ulcerative colitis", "irritable bowel syndrome", "antibiotic-associated diarrhoea", "dysbiosis"),
        interventions=(
            "multi-strain probiotic supplementation",
            "faecal microbiota transplantation",
            "prebiotic fibre intake",
            "a low-FODMAP diet",
            "synbiotic supplementation",
            "fermented food intake",
        ),
        outcomes=(
            "bacterial diversity",
            "abdominal bloating",
            "faecal calprotectin",
            "short-chain fatty acid production",
            "stool frequency",
            "intestinal permeability",
        ),
        measures=("16S ribosomal RNA sequencing", "faecal calprotectin", "shotgun metagenomics"),
        populations=("adults with bowel symptoms", "gastroenterology outpatients", "breastfed infants"),
    ),
    Topic(
        key="telehealth",
        name="Telemedicine and remote care",
        rate=0.12,
        share=0.9,
        journals=("Distance Care", "Telehealth Practice"),
        headings=(
            ("D017216", "Telemedicine"),
            ("D063731", "Mobile Applications"),
            ("D019114", "Remote Consultation"),
            ("D012424", "Rural Health Services"),
        ),
        contexts=(
            "Video visits can spare patients a long journey",
            "Remote care depends on connections that not every household has",
            "Health systems differ in how they pay for telephone consultations",
        ),
        conditions=("chronic illness", "rural isolation", "delayed follow-up", "post-discharge need"),
        interventions=(
            "video consultation",
            "smartphone-based self-management",
            "text message reminding",
            "remote vital sign monitoring",
            "an online patient portal",
            "nurse-led telephone follow-up",
        ),
        outcomes=(
            "patient satisfaction",
            "clinic attendance",
            "hospital readmission",
            "digital engagement",
            "travel time",
            "access to specialist care",
        ),
        measures=("the telehealth usability questionnaire", "portal log-in frequency", "appointment attendance"),
        populations=("rural patients", "people living far from a hospital", "carers", "community nurses"),
    ),
    Topic(
        key="glp1",
        name="Weight loss drugs and obesity",
        rate=0.19,
        share=0.8,
        journals=("Obesity Therapeutics", "Metabolic Pharmacology"),
        headings=(
            ("D009765", "Obesity"),
            ("D015431", "Weight Loss"),
            ("D000067757", "Glucagon-Like Peptide-1 Receptor"),
            ("D019440", "Anti-Obesity Agents"),
        ),
        contexts=(
            "Weight that is lost by dieting often returns",
            "Incretin hormones slow gastric emptying and curb appetite",
            "Obesity is treated with diet, drugs and surgery",
        ),
        conditions=("obesity", "severe obesity", "weight regain", "metabolic syndrome"),
        interventions=(
            "GLP-1 receptor agonist treatment",
            "semaglutide treatment",
            "intensive lifestyle coaching",
            "a very low energy diet",
            "sleeve gastrectomy",
            "dual incretin agonist treatment",
        ),
        outcomes=(
            "body weight",
            "waist circumference",
            "nausea",
            "appetite",
            "lean body mass",
            "liver fat content",
        ),
        measures=("body mass index", "dual-energy absorptiometry", "waist-to-hip ratio"),
        populations=("adults with obesity", "adolescents with obesity", "bariatric clinic patients"),
    ),
    Topic(
        key="asthma",
        name="Asthma and inhaled treatment",
        rate=0.0,
        share=1.1,
        journals=("Airway Medicine", "Inhaled Therapy"),
        headings=(
            ("D001249", "Asthma"),
            ("D001993", "Bronchodilator Agents"),
            ("D009330", "Nebulizers and Vaporizers"),
            ("D012130", "Respiratory Hypersensitivity"),
        ),
        contexts=(
            "Asthma narrows the airways from one hour to the next",
            "Many people hold their inhaler in a way that wastes the dose",
            "Wheezing in early childhood has several causes",
        ),
        conditions=(
            "asthma",
            "severe eosinophilic asthma",
            "exercise-induced bronchoconstriction",
            "childhood wheezing",
        ),
        interventions=(
            "inhaled corticosteroid treatment",
            "long-acting bronchodilator treatment",
            "inhaler technique training",
            "anti-interleukin-5 treatment",
            "house dust mite avoidance",
            "a written asthma action plan",
        ),
        outcomes=(
            "peak expiratory flow",
            "the exacerbation rate",
            "night-time cough",
            "rescue inhaler use",
            "airway inflammation",
            "asthma control",
        ),
        measures=("spirometry", "fractional exhaled nitric oxide", "the asthma control test"),
        populations=("schoolchildren", "adults with asthma", "preschool children", "adolescents with asthma"),
    ),
    Topic(
        key="depression",
        name="Depression and psychotherapy",
        rate=0.005,
        share=1.2,
        journals=("Mood Disorders", "Talking Therapies"),
        headings=(
            ("D003865", "Depressive Disorder, Major"),
            ("D000928", "Antidepressive Agents"),
            ("D015928", "Cognitive Behavioral Therapy"),
            ("D011613", "Psychotherapy"),
        ),
        contexts=(
            "Low mood and loss of interest are the core symptoms of depression",
            "Waiting lists for psychotherapy are long in many places",
            "Antidepressants take weeks to act",
        ),
        conditions=(
            "major depression",
            "treatment-resistant depression",
            "postnatal depression",
            "late-life depression",
        ),
        interventions=(
            "cognitive behavioural therapy",
            "selective serotonin reuptake inhibitor treatment",
            "behavioural activation",
            "mindfulness-based therapy",
            "internet-delivered psychotherapy",
            "interpersonal psychotherapy",
        ),
        outcomes=(
            "depressive symptom severity",
            "suicidal ideation",
            "remission of depression",
            "sexual dysfunction",
            "sleep disturbance",
            "relapse of depression",
        ),
        measures=("the Hamilton depression scale", "a depression questionnaire", "clinician-rated mood"),
        populations=("adults in psychiatric care", "new mothers", "university students", "older people living alone"),
    ),
    Topic(
        key="dementia",
        name="Dementia and memory",
        rate=0.07,
        share=1.1,
        journals=("Memory and Ageing", "Dementia Care Research"),
        headings=(
            ("D000544", "Alzheimer Disease"),
            ("D003704", "Dementia"),
            ("D060825", "Cognitive Dysfunction"),
            ("D008568", "Memory"),
        ),
        contexts=(
            "Memory loss is what most often brings people to a memory clinic",
            "Family members carry out most of dementia care",
            "Amyloid accumulates in the brain long before memory fails",
        ),
        conditions=("Alzheimer's disease", "mild cognitive impairment", "vascular dementia", "Lewy body dementia"),
        interventions=(
            "cholinesterase inhibitor treatment",
            "anti-amyloid antibody treatment",
            "cognitive training",
            "a caregiver support programme",
            "reminiscence therapy",
            "multidomain lifestyle intervention",
        ),
        outcomes=(
            "cognitive decline",
            "episodic memory",
            "caregiver burden",
            "agitation",
            "nursing home admission",
            "hippocampal volume",
        ),
        measures=(
            "amyloid positron emission tomography",
            "plasma phosphorylated tau",
            "the mini-mental state examination",
        ),
        populations=("memory clinic patients", "nursing home residents", "family caregivers", "people over eighty"),
    ),
    Topic(
        key="fractures",
        name="Osteoporosis and fractures",
        rate=-0.005,
        share=1.0,
        journals=("Bone Strength", "Fracture Prevention"),
        headings=(
            ("D010024", "Osteoporosis"),
            ("D015519", "Bone Density"),
            ("D004164", "Diphosphonates"),
            ("D006620", "Hip Fractures"),
        ),
        contexts=(
            "Bone is lost slowly and without symptoms",
            "A hip fracture often ends an independent life",
            "Bone remodelling balances resorption and formation",
        ),
        conditions=(
            "postmenopausal osteoporosis",
            "hip fracture",
            "vertebral fracture",
            "glucocorticoid-induced bone loss",
        ),
        interventions=(
            "oral bisphosphonate treatment",
            "vitamin D supplementation",
            "denosumab treatment",
            "balance and strength training",
            "a fracture liaison service",
            "teriparatide treatment",
        ),
        outcomes=(
            "bone mineral density",
            "fall frequency",
            "bone turnover",
            "fracture risk",
            "osteonecrosis of the jaw",
            "walking speed",
        ),
        measures=("dual-energy X-ray absorptiometry", "a fracture risk score", "serum collagen telopeptide"),
        populations=("postmenopausal women", "older women", "frail older people", "patients after a hip fracture"),
    ),
    Topic(
        key="malaria",
        name="Malaria control",
        rate=0.0,
        share=0.9,
        journals=("Tropical Parasitology", "Malaria Control"),
        headings=(
            ("D008288", "Malaria"),
            ("D016778", "Malaria, Falciparum"),
            ("D000962", "Antimalarials"),
            ("D000852", "Anopheles"),
        ),
        contexts=(
            "Malaria is carried by Anopheles mosquitoes",
            "Transmission of malaria follows the rains",
            "Parasites with mutations may survive antimalarial drugs",
        ),
        conditions=("falciparum malaria", "vivax malaria", "malaria in pregnancy", "asymptomatic parasitaemia"),
        interventions=(
            "artemisinin-based combination therapy",
            "seasonal malaria chemoprevention",
            "insecticide-treated bednet distribution",
            "indoor residual spraying",
            "malaria vaccination",
            "community case management",
        ),
        outcomes=(
            "parasite clearance",
            "malaria incidence",
            "maternal anaemia",
            "mosquito density",
            "gametocyte carriage",
            "insecticide resistance",
        ),
        measures=("a rapid diagnostic test", "blood smear microscopy", "polymerase chain reaction for parasites"),
        populations=("children under five", "pregnant women in endemic areas", "village households", "forest workers"),
    ),
    Topic(
        key="hormone-therapy",
        name="Menopausal hormone therapy",
        rate=-0.12,
        share=0.9,
        journals=("Menopause Practice", "Gynaecological Endocrinology"),
        headings=(
            ("D008593", "Menopause"),
            ("D015914", "Estrogen Replacement Therapy"),
            ("D019584", "Hot Flashes"),
            ("D004967", "Estrogens"),
        ),
        contexts=(
            "Hot flushes disturb the sleep of many women in midlife",
            "Oestrogen levels fall abruptly at the menopause",
            "Views of hormone therapy have changed over the years",
        ),
        conditions=("natural menopause", "vaginal atrophy", "premature ovarian insufficiency", "vasomotor instability"),
        interventions=(
            "oral oestrogen therapy",
            "transdermal oestradiol therapy",
            "combined oestrogen and progestogen therapy",
            "tibolone treatment",
            "phytoestrogen supplementation",
            "local vaginal oestrogen therapy",
        ),
        outcomes=(
            "hot flush frequency",
            "endometrial thickness",
            "breast tenderness",
            "sexual wellbeing",
            "venous thrombosis",
            "vaginal dryness",
        ),
        measures=("a menopause rating scale", "serum oestradiol", "transvaginal ultrasound"),
        populations=("women in midlife", "women after oophorectomy", "menopause clinic patients"),
    ),
    Topic(
        key="peptic-ulcer",
        name="Peptic ulcer and Helicobacter",
        rate=-0.10,
        share=0.9,
        journals=("Gastric Acid Research", "Upper Digestive Endoscopy"),
        headings=(
            ("D010437", "Peptic Ulcer"),
            ("D016480", "Helicobacter pylori"),
            ("D054328", "Proton Pump Inhibitors"),
            ("D016481", "Helicobacter Infections"),
        ),
        contexts=(
            "Helicobacter pylori lives in the mucus of the stomach",
            "Ulcer bleeding is still an emergency",
            "Acid suppression heals most ulcers within weeks",
        ),
        conditions=("duodenal ulcer", "gastric ulcer", "ulcer bleeding", "Helicobacter pylori gastritis"),
        interventions=(
            "triple eradication therapy",
            "proton pump inhibitor treatment",
            "bismuth quadruple therapy",
            "endoscopic haemostasis",
            "H2 receptor antagonist treatment",
            "sequential eradication therapy",
        ),
        outcomes=(
            "Helicobacter eradication",
            "ulcer healing",
            "rebleeding",
            "clarithromycin resistance",
            "epigastric pain",
            "gastric acid secretion",
        ),
        measures=("the urea breath test", "upper endoscopy", "gastric pH monitoring"),
        populations=("dyspeptic patients", "patients with upper gastrointestinal bleeding", "long-term aspirin users"),
    ),
    Topic(
        key="bare-stents",
        name="Coronary stents and angioplasty",
        rate=-0.08,
        share=1.0,
        journals=("Coronary Intervention", "Catheter Medicine"),
        headings=(
            ("D015607", "Stents"),
            ("D015906", "Angioplasty, Balloon, Coronary"),
            ("D023903", "Coronary Restenosis"),
            ("D003324", "Coronary Artery Disease"),
        ),
        contexts=(
            "Narrowed coronary arteries can be widened with a balloon",
            "Tissue growing through a stent may narrow the artery again",
            "Catheters are led to the heart from the wrist or the groin",
        ),
        conditions=(
            "stable angina",
            "coronary restenosis",
            "acute myocardial infarction",
            "left main coronary disease",
        ),
        interventions=(
            "bare metal stenting",
            "drug-eluting stenting",
            "balloon angioplasty",
            "intracoronary brachytherapy",
            "radial artery catheterisation",
            "dual antiplatelet therapy",
        ),
        outcomes=(
            "in-stent restenosis",
            "late lumen loss",
            "stent thrombosis",
            "access site bleeding",
            "target vessel revascularisation",
            "left ventricular function",
        ),
        measures=("quantitative coronary angiography", "intravascular ultrasound", "fractional flow reserve"),
        populations=("patients with chest pain", "patients undergoing catheterisation", "patients with diabetes"),
    ),
)
