-- Every import that was taken, by whom, and what it changed. It can be withdrawn while it
-- keeps the lines that it replaced: until a later one touches its groups, 40 days at most.
create table import_batch (
    id integer primary key autoincrement,
    kind text not null,
    file_name text not null,
    sha256 blob not null,
    -- A staff row's id; empty at the command line.
    actor text not null,
    at bigint not null,
    added bigint not null default 0,
    changed bigint not null default 0,
    taken_out bigint not null default 0,
    -- The later import that touched what this one brought.
    touched_by bigint,
    withdrawn_at bigint,
    withdrawn_by text
);

-- Which import wrote a line; null: one before this table.
alter table expense add column batch bigint;
alter table checkup add column batch bigint;

-- Lines that an import replaced or took out, as they were.
create table expense_replaced (
    replaced_by bigint not null references import_batch (id),
    person_id uuid not null references person (id),
    month bigint not null,
    provider text not null,
    provider_key text not null,
    kind text not null,
    nth bigint not null,
    days bigint not null,
    total bigint not null,
    insurer bigint not null,
    public bigint not null,
    paid bigint not null,
    meals bigint not null,
    extra bigint not null,
    batch bigint,
    primary key (person_id, month, provider, kind, nth, replaced_by)
) without rowid;
create index expense_replaced_by on expense_replaced (replaced_by);

create table checkup_replaced (
    replaced_by bigint not null references import_batch (id),
    person_id uuid not null references person (id),
    taken_on date not null,
    height bigint,
    weight bigint,
    waist bigint,
    systolic bigint,
    diastolic bigint,
    triglycerides bigint,
    casual_triglycerides bigint,
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
    batch bigint,
    primary key (person_id, taken_on, replaced_by)
) without rowid;
create index checkup_replaced_by on checkup_replaced (replaced_by);
