-- 診療年月: of each month, how many claims have come in and were not withdrawn (what is
-- removed because its time is over is not taken off), and whether the month counts as
-- in. By that a member is told what is not there yet, and where the data begin.
create table expense_month (
    month bigint primary key not null,
    claims bigint not null,
    is_in boolean not null
);
-- Until the next import what was said before holds.
insert into expense_month (month, claims, is_in)
select month, count(*), month <= (select last_month from expense_arrival)
from expense group by month;
drop table expense_arrival;

-- How many imports have changed medical expenses, in its one row: whoever has compared a
-- file with them sees by it whether another was quicker.
create table expense_import (
    id bigint primary key not null,
    serial bigint not null
);
insert into expense_import (id, serial) values (1, 0);
