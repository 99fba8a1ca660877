-- The life of an account.

-- When the member ended the use of the portal. The row stays, with the history
-- and the data, and a new postcard opens it again.
alter table member add column left_at bigint;

-- Which of a member's addresses gets notices: one at most, and a confirmed one.
alter table email add column notices boolean not null default false;
create unique index email_notices on email (member_id) where notices;
update email set notices = true
where confirmed_at is not null and not exists (
    select 1 from email other
    where other.member_id = email.member_id and other.confirmed_at is not null
      and (other.added_at < email.added_at
           or (other.added_at = email.added_at and other.id < email.id)));

-- The session that a letter about a new device speaks of.
alter table link add column session_id uuid references session (id) on delete cascade;
create index link_member on link (member_id) where member_id is not null;

-- When the password was last given in a session: at sign-in, or since.
alter table session add column password_given_at bigint not null default 0;
update session set password_given_at = started_at;

-- Browsers that a member has signed in from, by the SHA-256 of their cookie.
create table device (
    id uuid primary key not null,
    member_id uuid not null references member (id) on delete cascade,
    token_hash blob not null,
    first_seen_at bigint not null,
    last_seen_at bigint not null,
    unique (member_id, token_hash)
);

-- Who did it, where it was neither the member nor somebody who was not let in.
alter table audit add column actor text not null default '';
create index letter_member on letter (member_id, sent_at) where member_id is not null;
