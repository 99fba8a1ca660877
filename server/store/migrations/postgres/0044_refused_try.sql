-- What was refused, and what anybody may ask for, counted: one row for an account (zeros
-- stand for every name that nobody has), an hour, an event and a network. The audit grew
-- by a row a try, and nothing is ever removed from it.
create table refused_try (
    member_id uuid not null,
    -- Its beginning, in Unix milliseconds.
    hour bigint not null,
    event text not null,
    -- An address, or an IPv6 /64.
    network text not null,
    times bigint not null,
    first_at bigint not null,
    last_at bigint not null,
    -- The browser, where it was one.
    detail text not null,
    primary key (member_id, hour, event, network)
);
create index refused_try_over on refused_try (hour);

-- The history shows these from here alone. In the audit they stay as they were sealed.
insert into refused_try (member_id, hour, event, network, times, first_at, last_at, detail)
select member_id, at - at % 3600000, event, network_address, count(*), min(at), max(at),
       case when min(detail) = max(detail) then max(detail) else '' end
from audit
where member_id is not null
  and event in ('letter_asked', 'postcard_refused', 'reissue_asked', 'reissue_refused',
                'sign_in_failed', 'password_refused')
group by member_id, at - at % 3600000, event, network_address;

drop index audit_member;
create index audit_history on audit (member_id, id)
where event not in ('letter_asked', 'postcard_refused', 'reissue_asked', 'reissue_refused',
                    'sign_in_failed', 'password_refused');
drop index audit_person;
create index audit_seen on audit (person_id, id) where event = 'expenses_seen';
create index audit_looks on audit (member_id, at) where event = 'expenses_seen';
