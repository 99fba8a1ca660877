-- A run of postcards that the office had made in the browser: chosen, made, handed out once,
-- and received; or withdrawn.
create table postcard_run (
    id uuid primary key not null,
    -- 'all', 'employer', 'person', 'reissue', 'waiting'.
    choice text not null,
    -- The employer's, where one was chosen.
    employer_code text not null,
    -- The person, where one was chosen.
    person_id uuid references person (id),
    -- How many people that were.
    people bigint not null,
    asked_by uuid not null references staff_member (id),
    asked_at bigint not null,
    -- The second person; nobody where none is needed.
    decided_by uuid references staff_member (id),
    -- None while it waits for a second person. What is printed counts from here.
    begun_at bigint,
    -- The work that makes it.
    job_id uuid,
    made_at bigint,
    made bigint not null default 0,
    -- 'csv', 'sheet'.
    handed_out_as text not null default '',
    handed_out_by uuid references staff_member (id),
    handed_out_at bigint,
    received_by uuid references staff_member (id),
    received_at bigint,
    -- Nobody where nobody had come for it.
    withdrawn_by uuid references staff_member (id),
    withdrawn_at bigint
);
create index postcard_run_asked on postcard_run (asked_at);
-- What somebody has yet to do.
create index postcard_run_open on postcard_run (asked_at)
where received_at is null and withdrawn_at is null;

-- The run that made a postcard; none at the command line.
alter table postcard add column run_id uuid references postcard_run (id);
create index postcard_of_run on postcard (run_id) where run_id is not null;

-- Postcards are made, and handed to the print shop, by employer.
create index person_employer on person (employer_code, symbol, number, branch);
