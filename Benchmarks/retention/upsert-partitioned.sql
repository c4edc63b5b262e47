\set user random(1, 999)
\set first random(1, 199)
begin;
select pg_advisory_xact_lock(:user);
with wanted as (
    select 'user-' || :user as user_id, (:user + 1000 * ((:first + n) % 200))::text as tweet_id from generate_series(1, 20) n
), moved as (
    update part set text = repeat('x', 160), retain_until = timestamptz '2026-04-20 12:00Z' from wanted
    where part.user_id = wanted.user_id and part.tweet_id = wanted.tweet_id returning part.tweet_id
)
insert into part (user_id, tweet_id, text, retain_until)
select user_id, tweet_id, repeat('x', 160), timestamptz '2026-04-20 12:00Z' from wanted
where not exists (select from moved where moved.tweet_id = wanted.tweet_id);
commit;
