-- The chain over the audit, one seal a batch of entries, made beside the requests.
-- A hash covers the one before it and every entry since, under the server's key.
create table audit_seal (
    id bigint primary key not null,
    first_entry bigint not null,
    last_entry bigint not null,
    entries bigint not null,
    sealed_at bigint not null,
    -- Tells the keys of two secret files apart, and says nothing else about them.
    key_mark blob not null,
    hash blob not null
);

create trigger audit_is_never_shortened before delete on audit
begin
    select raise(abort, 'audit rows are never removed');
end;
create trigger audit_seal_is_append_only before update on audit_seal
begin
    select raise(abort, 'audit seals are never changed');
end;
create trigger audit_seal_is_never_shortened before delete on audit_seal
begin
    select raise(abort, 'audit seals are never removed');
end;

-- What is over is found by its end, and what hangs on it by its name.
create index link_over on link (expires_at);
create index session_over on session (expires_at);
create index letter_over on letter ((coalesce(sent_at, given_up_at)));
create index letter_link on letter (link_id) where link_id is not null;
create index link_email on link (email_id) where email_id is not null;
create index link_session on link (session_id) where session_id is not null;
create index device_over on device (last_seen_at);
