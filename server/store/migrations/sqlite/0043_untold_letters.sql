-- A link that went to the mailbox's owner while the page said that none did: nobody else may
-- learn that the one before it was used. The caps do not count it.
alter table link add column is_untold boolean not null default false;
