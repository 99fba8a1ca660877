-- How often a session has asked whether a login ID is free.
alter table session add column ids_asked bigint not null default 0;
create index session_of_member on session (member_id, started_at);
create index session_of_postcard on session (postcard_id, started_at);
