-- A file of many rows that waits for the night, so that the day's sign-ins do not wait for it.
alter table job add column not_before bigint;
