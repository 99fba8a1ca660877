-- Second steps. Whose one is: a row of member or, where the kind is 'staff', of the
-- office's people.

-- The app that shows one-time codes, one a holder.
create table one_time_code (
    holder_kind text not null,
    holder_id uuid not null,
    -- The secret that the app shares with us, encrypted for this holder alone.
    sealed_secret bytea not null,
    -- When the first right code came.
    added_at bigint not null,
    -- The 30 seconds of the last code that was taken, counted from 1970: none of that
    -- step or before is taken again.
    last_step bigint not null,
    primary key (holder_kind, holder_id)
);

-- Codes for whoever has lost the app: 80 bits of chance, so a plain SHA-256 is enough.
create table recovery_code (
    holder_kind text not null,
    holder_id uuid not null,
    code_hash bytea not null,
    issued_at bigint not null,
    used_at bigint,
    primary key (holder_kind, holder_id, code_hash)
);
