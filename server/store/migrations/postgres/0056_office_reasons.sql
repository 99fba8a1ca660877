-- What a clerk wrote of a reason, beside the audit's entry of the same moment: the audit
-- keeps its words for ever, and these can be removed.
create table office_reason (
    id uuid primary key not null,
    at bigint not null,
    event text not null,
    -- Who wrote it: a staff member's identifier, empty at the command line.
    actor text not null,
    person_id uuid not null references person (id),
    words text not null
);
create index office_reason_person on office_reason (person_id, at);

-- Who looked at a person, for the person's own history.
create index audit_looked on audit (person_id, id) where event = 'office_looked';

-- A clerk's last look at a person. It is one for ten minutes; every one is in the audit.
create table look (
    staff_id uuid not null,
    person_id uuid not null references person (id),
    reason text not null,
    at bigint not null,
    primary key (staff_id, person_id)
);
