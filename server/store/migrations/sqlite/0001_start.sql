-- Words as in ARCHITECTURE.md. Instants are Unix milliseconds, dates ISO text,
-- identifiers 16-byte UUIDs, hashes of tokens 32 bytes.

-- Everybody on the roster. Symbol, number and branch may change; the person stays.
create table person (
    id uuid primary key not null,
    symbol text not null,
    number text not null,
    branch text not null,
    name text not null,
    kana text not null,
    born_on date not null,
    sex text not null,
    relation text not null,
    qualified_on date not null,
    disqualified_on date,
    employer_code text not null,
    employer_name text not null,
    postal_code text not null,
    address text not null,
    unique (symbol, number, branch)
);

-- Provisional credentials. Ended by use, by a reissue, or by the end of membership.
create table postcard (
    id uuid primary key not null,
    person_id uuid not null references person (id),
    login_id text not null unique,
    password_hash text not null,
    issued_at bigint not null,
    expires_at bigint not null,
    ended_at bigint
);
create index postcard_person on postcard (person_id);
-- At most one is open; one that has expired is ended when another is issued.
create unique index postcard_open on postcard (person_id) where ended_at is null;

create table member (
    id uuid primary key not null,
    person_id uuid not null unique references person (id),
    login_id text not null,
    login_id_key text not null unique,
    nickname text not null,
    password_hash text not null,
    registered_at bigint not null,
    last_sign_in_at bigint,
    disabled_at bigint
);

-- A member's addresses. One that is confirmed belongs to one member only.
create table email (
    id uuid primary key not null,
    member_id uuid not null references member (id) on delete cascade,
    address text not null,
    address_key text not null,
    added_at bigint not null,
    confirmed_at bigint,
    unique (member_id, address_key)
);
create unique index email_confirmed on email (address_key) where confirmed_at is not null;

-- Links in letters, by the SHA-256 of their token.
create table link (
    id uuid primary key not null,
    purpose text not null,
    token_hash blob not null unique,
    address text not null,
    address_key text not null,
    member_id uuid references member (id) on delete cascade,
    email_id uuid references email (id) on delete cascade,
    asked_at bigint not null,
    expires_at bigint not null,
    wrong_tries bigint not null default 0,
    ended_at bigint
);
create index link_address on link (address_key, asked_at);

create table session (
    id uuid primary key not null,
    kind text not null,
    token_hash blob not null unique,
    member_id uuid references member (id) on delete cascade,
    postcard_id uuid references postcard (id),
    link_id uuid references link (id),
    network_address text not null,
    device text not null,
    started_at bigint not null,
    last_seen_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    -- Why it ended, where a later request has to know: 'completed'.
    ended_by text,
    -- The sign-in before this one, for the greeting.
    previous_sign_in_at bigint
);
create index session_member on session (member_id) where ended_at is null;
create index session_link on session (link_id);

-- Wrong tries, by what is tried at: a member, a postcard, or the decoy that
-- stands for every unknown name.
create table throttle (
    id uuid primary key not null,
    tries bigint not null,
    pause_ms bigint not null,
    paused_until bigint not null
);
insert into throttle (id, tries, pause_ms, paused_until)
values (x'00000000000000000000000000000000', 0, 0, 0);

-- Letters to send: a kind and identifiers; the letter itself is made when it is sent.
create table letter (
    id uuid primary key not null,
    kind text not null,
    address text not null,
    address_key text not null,
    link_id uuid references link (id) on delete cascade,
    member_id uuid references member (id) on delete cascade,
    -- What a letter has to say that no row holds any more: 'login_id', 'password', …
    about text not null default '',
    asked_at bigint not null,
    due_at bigint not null,
    attempts bigint not null default 0,
    sent_at bigint,
    given_up_at bigint,
    trouble text not null default ''
);
create index letter_due on letter (due_at) where sent_at is null and given_up_at is null;
create index letter_address on letter (address_key, asked_at);

-- Addresses that anybody has asked a letter for: the row is locked while the
-- caps are counted, so that requests at the same moment are counted one by one.
create table asked_address (
    address_key text primary key not null,
    asked_at bigint not null
);

-- What happened, in order. Rows are added and never changed.
create table audit (
    id integer primary key autoincrement,
    at bigint not null,
    event text not null,
    person_id uuid,
    member_id uuid,
    network_address text not null,
    detail text not null
);
create index audit_member on audit (member_id, id);
create trigger audit_is_append_only before update on audit
begin
    select raise(abort, 'audit rows are never changed');
end;
