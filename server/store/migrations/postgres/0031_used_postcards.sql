-- When a postcard was registered with; its other ends are told by ended_at alone.
alter table postcard add column used_at bigint;
update postcard set used_at = ended_at
where ended_at is not null
  and exists (select 1 from session s
              where s.postcard_id = postcard.id and s.ended_by = 'completed');
