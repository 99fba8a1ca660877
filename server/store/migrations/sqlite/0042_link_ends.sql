-- How a link ended before its time: 'used', 'replaced' or 'removed'. It is not known of
-- those that ended before, nor said of those that ran out.
alter table link add column ended_by text;
