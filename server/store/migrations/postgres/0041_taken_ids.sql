-- Of how many login IDs a session was told that somebody has them.
alter table session rename column ids_asked to ids_taken;
