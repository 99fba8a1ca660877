-- 医療費: what the society has paid for whom, a line a claim. Amounts are yen, a
-- month is YYYYMM. `nth` tells lines apart that agree in all that stands before it.
create table expense (
    person_id uuid not null references person (id),
    month bigint not null,
    provider text not null,
    kind text not null,
    nth bigint not null,
    days bigint not null,
    total bigint not null,
    insurer bigint not null,
    public bigint not null,
    paid bigint not null,
    meals bigint not null,
    extra bigint not null,
    primary key (person_id, month, provider, kind, nth)
);

-- Whether the insured may see an adult dependent's expenses, as that dependent has
-- decided; null: not decided yet.
alter table member add column shares_expenses boolean;

-- The last month of which any claim has come in, in its one row: what a member is
-- told is not there yet lies behind it.
create table expense_arrival (
    id bigint primary key not null,
    last_month bigint not null
);
insert into expense_arrival (id, last_month) values (1, 0);

-- A person's own history, where somebody else did it.
create index audit_person on audit (person_id, id) where person_id is not null;
