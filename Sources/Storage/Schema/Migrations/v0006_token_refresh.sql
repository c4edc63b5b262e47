-- X's refresh tokens are single-use. Before one is sent, that is noted here and committed; the note goes with the answer. So one
-- process at a time refreshes, and after a crash in between the token is known to be spent and is never sent again.

alter table oauth_tokens add column refresh_sent_at timestamptz, add column refresh_sent_for text;

-- Names a stored token (Fernet text) without holding it: a token that the backend stores anew has another mark.
create function token_mark(token text) returns text language sql immutable parallel safe as
$$ select encode(sha256(convert_to(token, 'UTF8')), 'hex') $$;
