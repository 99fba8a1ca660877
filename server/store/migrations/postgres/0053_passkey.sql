-- Passkeys of members and of the society's staff: no secret is in them, since the private
-- key never leaves the device.
create table passkey (
    id uuid primary key not null,
    -- A member's or a staff member's row; which of them, the kind says.
    holder_id uuid not null,
    holder_kind text not null,
    -- By which the browser names it.
    credential_id bytea not null unique,
    -- Public key, counter and flags, as the library keeps them.
    credential text not null,
    name text not null,
    added_at bigint not null,
    last_used_at bigint,
    -- How often the device says it has signed; zero for those that do not count.
    counter bigint not null,
    -- Whether it may be copied to other devices of its owner, and whether it has been.
    backup_eligible boolean not null,
    backup_state boolean not null
);
create index passkey_holder on passkey (holder_id, added_at);

-- Challenges that were answered, by their SHA-256: a second answer is refused.
create table used_challenge (
    hash bytea primary key not null,
    -- From then on nobody can answer it any more, in Unix milliseconds.
    expires_at bigint not null
);
create index used_challenge_over on used_challenge (expires_at);
