-- Where the reading of a long timeline has got to: one unfinished run at most for a user. The row is written with the tweets of
-- each page and deleted with those of the last one, so that whoever goes on neither repeats a page nor leaves a gap.

create table ingest_runs (
    user_id    text primary key references users (id),
    since_id   text,           -- the newest tweet that was stored before the run
    next_token text not null,  -- X's, for the next older page
    pages      integer not null,
    tweets     integer not null,
    left_out   integer not null,
    updated_at timestamptz not null default now()
);
