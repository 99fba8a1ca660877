-- What the office's first page tells, counted hourly: nothing of it is counted while a page
-- waits. `name` is what was counted, `part` of what: an employer, a month, a day, a reason.
create table office_figure (
    name text not null,
    part text not null,
    label text not null default '',
    value bigint not null,
    counted_at bigint not null,
    primary key (name, part)
);
