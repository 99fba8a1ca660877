-- The audit is read by what happened, by who did it, by whom it is about, and by when, page
-- by page, and it may have millions of rows.
create index audit_event on audit (event, id);
create index audit_actor on audit (actor, id) where actor <> '';
create index audit_at on audit (at);
-- Looks at somebody are read by the event, too: one index for both.
drop index audit_seen;
drop index audit_looked;
create index audit_person on audit (person_id, event, id) where person_id is not null;

-- What a clerk may do only when another one has agreed to it: an inquiry (調査), a disclosure.
create table second_person (
    id uuid primary key not null,
    what text not null,
    person_id uuid not null references person (id),
    asked_by uuid not null,
    asked_at bigint not null,
    agreed_by uuid,
    agreed_at bigint,
    used_at bigint
);
create index second_person_asked on second_person (asked_by, person_id);
create index second_person_waiting on second_person (asked_at) where agreed_at is null;
