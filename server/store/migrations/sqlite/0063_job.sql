-- What the office has a server do: a file that is read and brought in, or postcards.
create table job (
    id uuid primary key not null,
    kind text not null,
    state text not null,
    -- Grows with every server that takes it up, and when it is cancelled: whoever writes for
    -- a job holds its number.
    claim bigint not null default 0,
    -- How often the step at hand was begun: one that takes every server with it is given up.
    tries bigint not null default 0,
    -- Until then it is nobody else's.
    leased_until bigint,
    -- What is being done, and how far it has come.
    step text not null default '',
    done_rows bigint not null default 0,
    done_part bigint not null default 0,
    all_parts bigint not null default 0,
    file_name text not null default '',
    -- What was chosen, in the job's own words.
    choice text not null default '',
    -- What has come of it, for people: counts, and no value of anybody's.
    report text not null default '',
    -- The key of its bytes, and what is shown of them, encrypted; gone with the bytes.
    wrapped_key blob,
    sealed_preview blob,
    -- What the preview has planned.
    digest blob,
    sha256 blob,
    -- How much there is of it; none while it is still on its way in.
    chunks bigint,
    bytes bigint not null default 0,
    started_by uuid not null,
    started_at bigint not null,
    changed_at bigint not null,
    run_by uuid,
    run_at bigint,
    confirmed_by uuid,
    confirmed_at bigint,
    ended_at bigint
);
create index job_started on job (started_at);
create index job_started_by on job (started_by);
create index job_open on job (kind, started_at) where ended_at is null;

-- Its bytes, in pieces: inserted, never updated, and encrypted with the job's own key.
create table job_chunk (
    job_id uuid not null references job (id) on delete cascade,
    number bigint not null,
    sealed blob not null,
    primary key (job_id, number)
);

-- What somebody of the office has answered to it.
create table job_answer (
    job_id uuid not null references job (id) on delete cascade,
    line bigint not null,
    question text not null,
    answer text not null,
    primary key (job_id, line, question)
);
