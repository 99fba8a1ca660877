-- A new postcard for a member with a second step is good only when its issue has been told
-- for a day: with it the account opens anew, and without the second step.
alter table postcard add column good_from bigint not null default 0;
