-- What the console shows: how each run went, who is signed in, what is kept of people and why.

-- For people who look at a run; the work itself depends on none of these. steps is the text of an array: microseconds after receipt
-- at which the run was decoded, recognised, admitted, worked.
alter table receipts
    add column user_id        text,
    add column asked_by       text,
    add column correlation_id text,
    add column received_at    timestamptz,
    add column attempt        integer,
    add column reason         text,
    add column steps          text;
create index receipts_by_user on receipts (user_id, completed_at desc) where user_id is not null;
-- The few among many: refusals are looked for by themselves.
create index receipts_not_done on receipts (completed_at desc) where outcome <> 'done';

-- Sessions of the console. A token is stored as its SHA-256 only. A renewed session has two rows for a minute.
create table console_sessions (
    token_hash text primary key,
    session_id text not null,
    user_name  text not null,
    form_token text not null,
    made_at    timestamptz not null default now(),
    seen_at    timestamptz not null default now(),
    renewed_at timestamptz,
    expires_at timestamptz not null
);
create index console_sessions_by_session on console_sessions (session_id);
create index console_sessions_by_end on console_sessions (expires_at);
grant select, insert, update, delete on console_sessions to repazoo_console;

-- Who somebody is, for a reason: the entry in the audit trail comes with it, or nothing does. The console has no other way to names
-- and addresses.
revoke select (handle, display_name) on users from repazoo_console;
create function unmask_person(p_actor text, p_user_id text, p_reason text)
returns table (handle text, display_name text, email text) language plpgsql security definer as
$$
begin
    perform audit_append(p_actor, p_user_id, 'person.unmask', 'done', jsonb_build_object('reason', p_reason));
    return query select users.handle, users.display_name, users.email from users where id = p_user_id;
end
$$;
do $$
begin
    execute format(
        'alter function unmask_person(text, text, text) set search_path = %I, pg_temp', current_schema());
end
$$;
revoke execute on function unmask_person(text, text, text) from public;
grant execute on function unmask_person(text, text, text) to repazoo_console;
grant execute on function consent_refusal(text, timestamptz) to repazoo_console;

-- The record of processing activities (GDPR Art. 30): each table with personal data says what it is for, each personal column what
-- it holds and where it comes from. Tables and columns without personal data have no comment.
comment on table users is 'The account at the product. Purpose: to know whose data is worked on. Basis: contract. Kept: until erasure; the id remains as proof of it.';
comment on column users.handle is 'Public handle at X. From: the person, by way of the backend.';
comment on column users.display_name is 'Public name at X. From: the person, by way of the backend.';
comment on column users.email is 'Address for messages of the product. From: the person, by way of the backend.';
comment on table oauth_tokens is 'Consent and access to X. Purpose: to read the person''s own posts. Basis: consent. Kept: until 30 days after its withdrawal.';
comment on column oauth_tokens.provider_user_id is 'Number of the account at X. From: X.';
comment on column oauth_tokens.access_token is 'Encrypted (Fernet). From: X. Sent to: X. Never handed out.';
comment on column oauth_tokens.refresh_token is 'Encrypted (Fernet). From: X. Sent to: X. Never handed out.';
comment on column oauth_tokens.consented_at is 'When consent was given, and in which wording (consent_version): proof by Art. 7.';
comment on table subscriptions is 'What the person pays for. Purpose: tier and quota. Basis: contract. Kept: until 30 days after its end, with all data.';
comment on table twitter_data is 'The person''s own posts at X. Purpose: analysis on their behalf, handing over. Basis: consent. Recipient: Anthropic, sanitized, for the analysis. Kept: 90 days after collection.';
comment on column twitter_data.text is 'Words of the person''s own posts; of others'' posts the id alone. From: X.';
comment on column twitter_data.metrics is 'Counts of likes, replies and the like; ids of related posts. From: X.';
comment on table analyses is 'What was found in the posts. Purpose: the product itself. Basis: contract and consent. Made by: Anthropic''s models, from sanitized text. Kept: 90 days.';
comment on column analyses.result is 'Sentiment by post and week, themes, risks from a closed list. Inferred; nothing that X forbids to infer has a place in it.';
comment on table usage is 'How many analyses a month. Purpose: quota. Basis: contract. Kept: until erasure.';
comment on table data_exports is 'Requests for a copy (Art. 15, 20) and when they were met. Basis: legal duty. Files are gone after 24 hours.';
comment on table audit_log is 'Who did what to a person''s data. Purpose: accountability (Art. 5(2)). Basis: legal duty. Kept: content until erasure, its proof longer.';
comment on column audit_log.user_id is 'Whom the entry is about.';
comment on column audit_log.detail is 'Codes, counts and ids; never text from outside.';
comment on table receipts is 'Which messages are done with. Purpose: to do nothing twice, and to show how it went. Basis: contract. Kept: until past use.';
comment on column receipts.user_id is 'Whom the message was about.';
comment on table dead_letters is 'Messages that could not be worked on. Purpose: to send them again. Basis: contract. Kept: until settled and past use.';
comment on column dead_letters.body is 'The fields of the message that a replay needs; free text is not kept.';
comment on column dead_letters.user_id is 'Whom the message was about.';
