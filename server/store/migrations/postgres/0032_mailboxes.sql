-- An address is compared without regard to case in the whole of it. Where one mailbox
-- stands twice already, of two members or of one, neither row is changed: `portal check`
-- names them.
update email set address_key = lower(address_key)
where address_key <> lower(address_key)
  and not exists (select 1 from email other
                  where lower(other.address_key) = lower(email.address_key)
                    and other.id <> email.id
                    and (other.member_id = email.member_id
                         or (other.confirmed_at is not null and email.confirmed_at is not null)));
update link set address_key = lower(address_key) where address_key <> lower(address_key);
update letter set address_key = lower(address_key) where address_key <> lower(address_key);
-- Only a lock, made again when the next letter is asked for.
delete from asked_address where address_key <> lower(address_key);
