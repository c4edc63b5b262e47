-- Each user's posts were taken out of use together, as an ingestion stores them together.
truncate twitter_data;
insert into twitter_data (user_id, tweet_id, text, metrics, retain_until, deleted_at)
select 'user-' || (n % 1000 + 1), (n + 1000000000)::text, repeat('a post of the usual length ', 6), '{"like_count": 1}',
       now() - interval '31 days', now() - interval '31 days' + (n % 1000) * interval '1 second'
from generate_series(1, :rows) n order by n % 1000;
vacuum analyze twitter_data;
checkpoint;
