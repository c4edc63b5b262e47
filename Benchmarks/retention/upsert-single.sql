\set user random(1, 999)
\set first random(1, 199)
insert into single (user_id, tweet_id, text, retain_until)
select 'user-' || :user, (:user + 1000 * ((:first + n) % 200))::text, repeat('x', 160), timestamptz '2026-04-20 12:00Z'
from generate_series(1, 20) n
on conflict (user_id, tweet_id) do update set text = excluded.text, retain_until = excluded.retain_until;
