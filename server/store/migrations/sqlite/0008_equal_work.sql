-- A link and a letter are written alike whether the address is known or not: every row
-- has its place in these, whatever is known about it. (A reference costs microseconds
-- here, unlike on PostgreSQL.)
drop index link_member;
create index link_member on link (member_id);
drop index letter_member;
create index letter_member on letter (member_id, sent_at);
drop index letter_link;
create index letter_link on letter (link_id);
