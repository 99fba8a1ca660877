-- Counts a member's passwords: the same one hashed anew is the same.
alter table member add column password_version bigint not null default 0;

-- Used postcards whose password's hash is still there.
create index postcard_hash_kept on postcard (ended_at)
where ended_at is not null and password_hash <> '';
