\set user random(1, 1000)
\set first random(1, 100000000)
begin;
select require_consent('user-' || :user);
insert into twitter_data (user_id, tweet_id, text, retain_until)
select 'user-' || :user, (:first + n)::text, repeat('a post of the usual length ', 6), now() + interval '90 days'
from generate_series(1, 20) n
on conflict (user_id, tweet_id) do update set text = excluded.text, retain_until = excluded.retain_until;
select audit_append('repazoo-ingest', 'user-' || :user, 'ingest', 'done', '{}');
commit;
