-- Letters a member has caused come first (0), then those that anybody can cause (1),
-- then those about notices, which were 1 before (2).
update letter set rank = 2 where kind = 'notice' and sent_at is null and given_up_at is null;
update letter set rank = 1
where kind in ('registration', 'already_registered', 'reissue', 'not_found', 'withheld')
  and sent_at is null and given_up_at is null;

-- For whoever watches: what is in the queue and since when, and what was given up.
create index letter_waiting on letter (asked_at) where sent_at is null and given_up_at is null;
create index letter_given_up on letter (given_up_at) where given_up_at is not null;
