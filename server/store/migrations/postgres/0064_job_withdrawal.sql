-- The import that a job has brought in, by which it is withdrawn, and who has asked for that
-- where another person has to agree.
alter table job add column batch_id bigint;
alter table job add column withdrawal_by uuid;
alter table job add column withdrawal_at bigint;
