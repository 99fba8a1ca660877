-- What a member has seen of somebody's year of medical expenses: told of a correction is who
-- has seen what was wrong.
create table expense_look (
    member_id uuid not null references member (id) on delete cascade,
    person_id uuid not null references person (id),
    year bigint not null,
    -- The newest import of claims at the last look.
    batch bigint not null,
    -- When an import that was seen was withdrawn.
    corrected_at bigint,
    primary key (member_id, person_id, year)
);
create index expense_look_of on expense_look (person_id, year);
