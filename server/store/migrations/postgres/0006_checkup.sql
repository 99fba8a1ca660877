-- 健診結果: one row a person and day. Heights and waists are tenths of a centimetre,
-- weights tenths of a kilogram, HbA1c tenths of a percent; everything else is in whole
-- units. Null: not measured.
create table checkup (
    person_id uuid not null references person (id),
    taken_on date not null,
    height bigint,
    weight bigint,
    waist bigint,
    systolic bigint,
    diastolic bigint,
    triglycerides bigint,
    hdl bigint,
    ldl bigint,
    glucose bigint,
    hba1c bigint,
    ast bigint,
    alt bigint,
    gamma_gt bigint,
    urine_sugar text,
    urine_protein text,
    verdict text not null,
    primary key (person_id, taken_on)
);
