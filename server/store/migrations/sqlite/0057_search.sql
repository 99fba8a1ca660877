-- By what the office finds a person: name and kana without width, blanks and forms of
-- characters, compared byte by byte. SQL cannot fold them: rows of before are folded when
-- the tables have been brought up to date.
alter table person add column name_key text;
alter table person add column given_key text;
alter table person add column kana_key text;
alter table person add column given_kana_key text;
create index person_unfolded on person (id) where name_key is null;
create index person_name_key on person (name_key);
create index person_given_key on person (given_key) where given_key is not null;
create index person_kana_key on person (kana_key) where kana_key is not null;
create index person_given_kana_key on person (given_kana_key) where given_kana_key is not null;

-- An address that waits is found, too.
create index email_address on email (address_key);

-- What was confirmed of who called, in the look during which they did.
alter table look add column confirmed text not null default '';

-- When a postcard came back, and who waits for a new one or for a right address.
alter table postcard add column returned_at bigint;
create index postcard_returned on postcard (returned_at) where returned_at is not null;
alter table person add column postcard_wanted_at bigint;
create index person_postcard_wanted on person (postcard_wanted_at)
where postcard_wanted_at is not null;
alter table person add column address_unknown_since bigint;
create index person_address_unknown on person (address_unknown_since)
where address_unknown_since is not null;
