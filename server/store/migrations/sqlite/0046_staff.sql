-- The office's people: apart from the members, with a sign-in of their own.
create table staff_member (
    id uuid primary key not null,
    login_id text not null,
    -- In small letters.
    login_key text not null unique,
    name text not null,
    -- What they are there for, as words with blanks between.
    roles text not null,
    -- None before the invitation was followed.
    password_hash text,
    -- Who they are on the roster: their own household is not for them to open.
    person_id uuid references person (id),
    created_at bigint not null,
    last_sign_in_at bigint,
    disabled_at bigint
);
create index staff_member_person on staff_member (person_id);

-- One row: whoever changes the office's people holds it, so that two who do so at the
-- same moment, each to the other, come one after the other.
create table staff_lock (id integer primary key not null);
insert into staff_lock (id) values (1);

-- Sessions of the office, by the SHA-256 of their token. One a person is open.
create table staff_session (
    id uuid primary key not null,
    staff_id uuid not null references staff_member (id),
    token_hash blob not null unique,
    -- How far in: 'password', 'full', 'command_line'.
    stage text not null,
    network_address text not null,
    device text not null,
    started_at bigint not null,
    last_seen_at bigint not null,
    -- When password and second step, or a passkey, were last shown.
    proven_at bigint not null,
    expires_at bigint not null,
    ended_at bigint,
    -- The sign-in before this one, for what is new since.
    previous_sign_in_at bigint
);
create index staff_session_of on staff_session (staff_id, ended_at);
create index staff_session_started on staff_session (started_at);

-- Invitations and new passwords: the token is derived from the row and stored nowhere.
create table staff_link (
    id uuid primary key not null,
    staff_id uuid not null references staff_member (id),
    token_hash blob not null unique,
    made_at bigint not null,
    expires_at bigint not null,
    ended_at bigint
);
create index staff_link_of on staff_link (staff_id);

-- A code from the command line that stands for the second step once.
create table staff_code (
    staff_id uuid primary key not null references staff_member (id),
    code_hash blob not null,
    expires_at bigint not null
);

-- Browsers that somebody of the office is known by: their tries are counted apart.
create table staff_device (
    id uuid primary key not null,
    staff_id uuid not null references staff_member (id),
    token_hash blob not null,
    last_seen_at bigint not null,
    tries bigint not null default 0,
    pause_ms bigint not null default 0,
    paused_until bigint not null default 0,
    unique (staff_id, token_hash)
);

-- What was done, or is proposed, to somebody of the office.
create table staff_change (
    id uuid primary key not null,
    staff_id uuid not null references staff_member (id),
    -- 'add', 'roles', 'disable', 'enable', 'link'.
    kind text not null,
    -- The roles that they get.
    roles text not null,
    -- Who; nobody at the command line.
    proposed_by uuid references staff_member (id),
    proposed_at bigint not null,
    -- None while it waits for a second person.
    decided_at bigint,
    decided_by uuid references staff_member (id),
    -- Whether it was done: 0 where it was refused.
    done integer not null default 0
);
create index staff_change_at on staff_change (proposed_at);
create index staff_change_waiting on staff_change (staff_id) where decided_at is null;

-- What somebody of the office had typed when their session was over: shown to them, and
-- to nobody else, after they have signed in again.
create table staff_draft (
    staff_id uuid primary key not null references staff_member (id),
    path text not null,
    -- The form's fields, encrypted for this person.
    sealed_fields blob not null,
    expires_at bigint not null
);
