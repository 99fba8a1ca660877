-- How many letters were queued about notices that were told before this was counted.
update notice set letters = (select count(*) from letter where letter.notice_id = notice.id)
where told_at is not null;
