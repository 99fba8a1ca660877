-- Notices that the office writes in the browser, beside those of a file.

-- 'draft'; 'waiting' for a second person; 'published', on view by its days; 'withdrawn'.
alter table notice add column state text not null default 'published';
-- Grows with each change: whoever changes an earlier one is told of the later.
alter table notice add column version bigint not null default 1;
-- Whether members are told by a letter.
alter table notice add column letter boolean not null default true;
-- How many letters were queued.
alter table notice add column letters bigint not null default 0;
create index notice_waiting on notice (state) where state in ('draft', 'waiting');

-- Who did what to a notice: 'written', 'changed', 'attached', 'asked', 'published',
-- 'returned', 'withdrawn', 'paused', 'resumed'.
create table notice_step (
    id uuid primary key not null,
    notice_id uuid not null references notice (id) on delete cascade,
    step text not null,
    -- The notice's version after it.
    version bigint not null,
    -- The columns that were changed, with blanks between.
    columns text not null,
    staff_id uuid references staff_member (id),
    at bigint not null
);
create index notice_step_of on notice_step (notice_id, at);

-- Letters that the office holds back for a while.
alter table letter add column paused_at bigint;
drop index letter_due;
create index letter_due on letter (rank, due_at, id)
    where sent_at is null and given_up_at is null and paused_at is null;
