-- The periods of a person's membership that are over while the person stays: under
-- another 記号, 番号 or 枝番, or before a new 資格取得日. The present one stands in person.
create table former_membership (
    person_id uuid not null references person (id),
    symbol text not null,
    number text not null,
    branch text not null,
    relation text not null,
    -- The first day under this key, and the first one not any more.
    since date not null,
    until date not null,
    primary key (person_id, symbol, number, branch, since)
);
create index former_membership_key on former_membership (symbol, number, branch);

-- Since when the present key is held, where that is not 資格取得日.
alter table person add column key_since date;

-- For whom a dependent has decided: whoever was the insured of the household then.
alter table member add column shares_with uuid references person (id);
update member set shares_with = (
    select i.id from person p join person i on i.symbol = p.symbol and i.number = p.number
    where p.id = member.person_id and i.relation = '本人'
    order by i.disqualified_on is not null, i.branch limit 1)
where shares_expenses is not null;
