-- 健保からのお知らせ and 健康情報.

-- Attachments, each once, so that one backup has everything.
create table file (
    id uuid primary key not null,
    sha256 bytea not null unique,
    size bigint not null,
    content bytea not null
);

-- kind: 'notice' or 'article'. For whom it is: relation '', 'insured' or 'dependent';
-- sex '' or as in person; employers '' or ',0001,0002,'; ages in complete years.
create table notice (
    id uuid primary key not null,
    number text not null unique,
    kind text not null,
    slug text unique,
    title text not null,
    category text not null,
    important boolean not null,
    relation text not null,
    sex text not null,
    employers text not null,
    age_from bigint not null,
    age_to bigint not null,
    -- First and last day on view; opens_at is the midnight in Japan before the first.
    published_on date not null,
    ends_on date,
    opens_at bigint not null,
    body text not null,
    -- Title, category and words, as they are searched.
    folded text not null,
    file_id uuid references file (id),
    file_name text not null default '',
    imported_at bigint not null,
    -- When its letters were queued; those that get none have it from the beginning.
    told_at bigint
);
create index notice_kind on notice (kind, published_on);
create index notice_file on notice (file_id) where file_id is not null;
create index notice_untold on notice (opens_at) where told_at is null;

create table notice_read (
    member_id uuid not null references member (id) on delete cascade,
    notice_id uuid not null references notice (id) on delete cascade,
    read_at bigint not null,
    primary key (member_id, notice_id)
);

-- The notice that a letter tells of: once to a member.
alter table letter add column notice_id uuid references notice (id) on delete cascade;
create unique index letter_notice on letter (notice_id, member_id) where notice_id is not null;

-- Letters that nobody waits for are sent after those that somebody does.
alter table letter add column rank bigint not null default 0;
drop index letter_due;
create index letter_due on letter (rank, due_at, id) where sent_at is null and given_up_at is null;
