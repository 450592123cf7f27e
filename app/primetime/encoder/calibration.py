"""The texts that a model is quantised by and compared with its original by: written for this, carried with the code.

Every sentence is ours and states nothing about a real study. They are composed into texts of one to fourteen sentences,
because quantising errors differ with length and topic. Being fixed, they make two builds comparable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random

SENTENCES = (
    "Background: Hypertension is common in older adults and its treatment often needs more than one drug.",
    "We compared an angiotensin-converting enzyme inhibitor with a calcium channel blocker in 412 outpatients.",
    "The primary outcome was the change in office systolic blood pressure after 24 weeks.",
    "Dizziness, dry cough and ankle oedema were the adverse events that most often led to withdrawal.",
    "Objective: To assess whether atypical antipsychotics increase fasting glucose in adolescents with schizophrenia.",
    "Serum lipids, insulin and body mass index were recorded at baseline and every three months.",
    "Postmenopausal women received oral estradiol or placebo in a double-blind, randomised, crossover trial.",
    "Bone mineral density of the lumbar spine was measured by dual-energy X-ray absorptiometry.",
    "Long-acting opioids were titrated until pain was rated 3 or less on a scale from 0 to 10.",
    "Urinary incontinence was treated with an antimuscarinic drug or with pelvic floor exercises.",
    "Proton pump inhibitors healed erosive oesophagitis in most patients within eight weeks.",
    "Inhaled corticosteroids with a long-acting beta-agonist reduced asthma exacerbations (hazard ratio 0.71).",
    "Triptans were given at the onset of migraine, and headache relief was recorded after two hours.",
    "Statin treatment lowered low-density lipoprotein cholesterol by 38% (95% CI 35 to 41).",
    "We searched MEDLINE, Embase and the Cochrane Library for randomised controlled trials without language limits.",
    "Two reviewers extracted the data independently; disagreements were resolved by discussion.",
    "Heterogeneity was considerable (I2 = 84%), so a random-effects model was used.",
    "Whole-genome sequencing of 58 isolates showed that resistance was carried on one conjugative plasmid.",
    "Knock-out mice lacking the receptor had impaired synaptic plasticity in the hippocampus.",
    "The protein was expressed in Escherichia coli, purified by affinity chromatography and crystallised.",
    "CD8+ T cells infiltrated the tumour, and PD-L1 expression predicted response to checkpoint blockade.",
    "Circulating tumour DNA was detected in plasma before radiological relapse in 14 of 19 patients.",
    "A convolutional neural network classified retinal photographs with an area under the curve of 0.94.",
    "Magnetic resonance imaging of the knee was read by two radiologists blinded to the clinical findings.",
    "Preterm infants fed human milk had a lower incidence of necrotising enterocolitis.",
    "Vaccination coverage among health care workers rose from 41% to 67% after the campaign.",
    "Malaria transmission in the district is seasonal, with a peak after the long rains.",
    "The 30-day mortality after emergency laparotomy was 9.8%, and 21% of survivors were discharged to care homes.",
    "Nurses described a tension between efficiency and the time needed to listen to patients.",
    "Semi-structured interviews were recorded, transcribed verbatim and analysed thematically.",
    "A 34-year-old woman presented with fever, a malar rash and symmetrical arthralgia of the hands.",
    "Renal biopsy showed diffuse proliferative glomerulonephritis with wire-loop lesions.",
    "Zinc oxide nanoparticles (20 nm) were synthesised by a sol-gel method and characterised by electron microscopy.",
    "Exposure to fine particulate matter was estimated from satellite data at a resolution of 1 km2.",
    "Quality-adjusted life years and costs were discounted at 3.5% a year over a lifetime horizon.",
    "Adherence was defined as a proportion of days covered of at least 0.8 in pharmacy claims.",
    "Results: No difference between the groups was found (mean difference -0.3, p = 0.62).",
    "Median follow-up was 5.4 years, during which 118 participants developed type 2 diabetes.",
    "Conclusions: These findings need confirmation in larger samples with longer follow-up.",
    "Further research should include older people, who are seldom enrolled in such trials.",
    "side effects of blood pressure drugs in elderly patients",
    "machine learning sepsis prediction intensive care",
    "gut microbiome and depression",
    "β-lactamase-producing Klebsiella pneumoniae: α-helices, μ-opioid receptors and Sjögren's syndrome",
    "Letter to the editor.",
    "Erratum.",
)

_LONGEST = 14
# More made the vectors no truer, and statistics are kept of every text: 4.5 GB at BERT-base's size with 48.
_CALIBRATING = 48


def calibration_texts() -> list[str]:
    """48 fixed texts of 1 to 14 sentences, from which a static quantisation takes its ranges."""
    return _texts(seed=20, count=_CALIBRATING)


def judging_texts() -> list[str]:
    """192 fixed texts, composed otherwise, by which a variant is compared with fp32 when no better ones are given."""
    return _texts(seed=21, count=192)


def _texts(*, seed: int, count: int) -> list[str]:
    random = Random(seed)  # noqa: S311 - which sentences stand together is no secret
    return [" ".join(random.sample(SENTENCES, 1 + index % _LONGEST)) for index in range(count)]


def calibration_sha256(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()


GOLDEN_TEXTS = (
    "side effects of blood pressure drugs in elderly patients",
    " ".join(SENTENCES[:3]),
    " ".join(SENTENCES[17:22]),
    " ".join(SENTENCES),
)
"""Four lengths, the last beyond what most models read, so that cutting is checked too."""
