set client_min_messages = warning;
create table single (user_id text not null, tweet_id text not null, text text not null, retain_until timestamptz not null,
    unique (user_id, tweet_id));
create table part (like single) partition by range (retain_until);
do $$ begin
    for d in 0..120 loop
        execute format('create table part_%s partition of part for values from (%L) to (%L)', d, date '2026-01-01' + d,
            date '2026-01-01' + d + 1);
        execute format('create index on part_%s (user_id, tweet_id)', d);
    end loop;
end $$;
insert into single select 'user-' || n % 1000, n::text, repeat('x', 160), timestamptz '2026-01-01 12:00Z' + n % 100 * interval '1 day'
from generate_series(1, 200000) n;
insert into part select * from single;
insert into part select 'user-' || n % 1000, (n + 300000)::text, repeat('x', 160), timestamptz '2026-04-01 12:00Z' from generate_series(1, 98000) n;
analyze single;
analyze part;
