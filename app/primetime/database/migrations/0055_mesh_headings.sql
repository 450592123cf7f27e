-- What MeSH itself says of a heading. No row: never asked. Losing it loses nothing but time.
CREATE TABLE mesh_headings (
    heading text PRIMARY KEY,                 -- in lower case: myocardial infarction
    terms text[],                             -- as MeSH lists them, the heading first; NULL: it does not know it
    told_at timestamptz,                      -- when MeSH said so
    asked_at timestamptz NOT NULL DEFAULT now()
);
