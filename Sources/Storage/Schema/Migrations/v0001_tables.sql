-- The backend writes users, oauth_tokens and subscriptions; the consumers write everything else.
-- Ids are text, times are timestamptz. A column is nullable only where its absence says something.

create table users (
    id             text primary key constraint users_id_is_sane check (octet_length(id) between 1 and 128),
    handle         text,
    display_name   text,
    email          text,
    created_at     timestamptz not null default now(),
    last_active_at timestamptz,
    erased_at      timestamptz
);

create table oauth_tokens (
    id               text primary key default gen_random_uuid()::text,
    user_id          text not null references users (id),
    provider         text not null default 'twitter',
    provider_user_id text,
    access_token     text not null,  -- Fernet text
    refresh_token    text,           -- Fernet text
    scopes           text,
    expires_at       timestamptz,
    consented_at     timestamptz not null default now(),
    consent_version  text,
    revoked_at       timestamptz,
    updated_at       timestamptz not null default now()
);
-- The current token of a user is the one consented to last.
create index oauth_tokens_by_user on oauth_tokens (user_id, provider, consented_at desc);

create table subscriptions (
    id                 text primary key default gen_random_uuid()::text,
    user_id            text not null references users (id),
    tier               text not null constraint subscriptions_tier_is_known check (tier in ('basic', 'pro')),
    status             text not null constraint subscriptions_status_is_known
                            check (status in ('active', 'past_due', 'cancelled')),
    current_period_end timestamptz,
    cancelled_at       timestamptz
);
create index subscriptions_by_user on subscriptions (user_id);

create table twitter_data (
    id           text primary key default gen_random_uuid()::text,
    user_id      text not null references users (id),
    tweet_id     text not null,
    text         text not null,
    lang         text,
    posted_at    timestamptz,
    metrics      jsonb not null default '{}',
    collected_at timestamptz not null default now(),
    retain_until timestamptz not null,
    deleted_at   timestamptz,
    constraint twitter_data_once_per_user unique (user_id, tweet_id)
);
create index twitter_data_due on twitter_data (retain_until);

create table analyses (
    id              text primary key default gen_random_uuid()::text,
    user_id         text not null references users (id),
    message_id      text not null,
    kind            text not null,
    model           text not null,
    sentiment       text not null constraint analyses_sentiment_is_known
                         check (sentiment in ('positive', 'neutral', 'negative', 'mixed')),
    score           double precision not null constraint analyses_score_in_range check (score between -1 and 1),
    result          jsonb not null,
    tweets_analyzed integer not null,
    input_tokens    bigint not null,
    output_tokens   bigint not null,
    created_at      timestamptz not null default now(),
    retain_until    timestamptz not null,
    deleted_at      timestamptz,
    constraint analyses_once_per_message unique (message_id, kind)
);
create index analyses_by_user on analyses (user_id, created_at desc);

-- Which tweets an analysis has paid for: "not analysed before" is asked of this table.
create table analyzed_tweets (
    user_id     text not null references users (id),
    tweet_id    text not null,
    kind        text not null,
    analysis_id text not null references analyses (id) on delete cascade,
    primary key (user_id, kind, tweet_id)
);
create index analyzed_tweets_by_analysis on analyzed_tweets (analysis_id);

create table usage (
    user_id text not null references users (id),
    period  text not null constraint usage_period_is_a_month check (period ~ '^\d{4}-\d{2}$'),  -- UTC
    used    integer not null default 0 constraint usage_used_not_negative check (used >= 0),
    quota   integer not null,
    primary key (user_id, period)
);

create table alerts (
    id            text primary key default gen_random_uuid()::text,
    rule          text not null,
    severity      text not null,
    fingerprint   text not null,
    subject       text,
    status        text not null default 'open' constraint alerts_status_is_known
                       check (status in ('open', 'acknowledged', 'resolved')),
    count         bigint not null default 1,
    first_seen_at timestamptz not null default now(),
    last_seen_at  timestamptz not null default now(),
    detail        jsonb not null default '{}'
);
-- At most one living alert for a rule and subject.
create unique index alerts_one_open on alerts (fingerprint) where status <> 'resolved';

create table data_exports (
    id           text primary key default gen_random_uuid()::text,
    user_id      text not null references users (id),
    status       text not null default 'pending' constraint data_exports_status_is_known
                      check (status in ('pending', 'ready', 'expired', 'failed')),
    requested_at timestamptz not null default now(),
    completed_at timestamptz,
    expires_at   timestamptz,
    object_key   text,
    bytes        bigint,
    sha256       text,
    downloads    integer not null default 0
);
create index data_exports_by_user on data_exports (user_id, requested_at desc);

-- One row per message and consumer that is done with: the row is what makes a redelivery harmless.
create table receipts (
    consumer     text not null,
    message_id   text not null,
    outcome      text not null,
    follow_ups   jsonb not null default '[]',
    completed_at timestamptz not null default now(),
    primary key (consumer, message_id)
);
create index receipts_by_age on receipts (completed_at);

create table dead_letters (
    id         text primary key default gen_random_uuid()::text,
    queue      text not null,
    message_id text,
    reason     text not null,
    body       text,
    headers    jsonb not null default '{}',
    died_at    timestamptz not null default now(),
    status     text not null default 'new' constraint dead_letters_status_is_known
                    check (status in ('new', 'replayed', 'discarded'))
);
create index dead_letters_by_queue on dead_letters (queue, died_at desc);
