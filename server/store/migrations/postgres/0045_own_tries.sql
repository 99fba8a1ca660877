-- Wrong tries from a browser that a member is known by, and in a session, are counted
-- apart from everybody's: nobody else's pause them.
alter table device add column tries bigint not null default 0;
alter table device add column pause_ms bigint not null default 0;
alter table device add column paused_until bigint not null default 0;
alter table session add column tries bigint not null default 0;
alter table session add column pause_ms bigint not null default 0;
alter table session add column paused_until bigint not null default 0;
