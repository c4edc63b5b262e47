insert into users (id) select 'user-' || n from generate_series(1, 1000) n;
insert into oauth_tokens (user_id, access_token) select id, '' from users;
insert into subscriptions (user_id, tier, status) select id, 'pro', 'active' from users;
